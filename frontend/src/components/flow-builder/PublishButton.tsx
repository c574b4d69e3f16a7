import { Button, Group, Modal, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import { api } from '../../api.ts';
import { countOf } from '../../money.ts';
import { notifyDone } from '../common/notify.tsx';

interface PublishButtonProps {
  flow: FlowReply;
  isDirty: boolean;
  problems: FlowProblem[];
}

function reasonAgainst({ flow, isDirty, problems }: PublishButtonProps): string | null {
  if (isDirty) return 'Save the draft first.';
  if (problems.length > 0) return problems.map(({ message }) => message).join(' ');
  if (flow.published && !flow.flow.hasUnpublishedChanges) return 'The draft is what is published.';
  return null;
}

/** Makes the saved draft the next version, after saying whom that touches. */
export function PublishButton(props: PublishButtonProps) {
  const { flow } = props;
  const [opened, { open, close }] = useDisclosure();
  const queryClient = useQueryClient();
  const publish = useMutation({
    mutationFn: () => api.publishFlow(flow.flow.id),
    onSuccess: async () => {
      notifyDone(`${flow.flow.name} is published.`);
      close();
      await queryClient.invalidateQueries({ queryKey: ['flow', flow.flow.id] });
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
    },
  });
  const reason = reasonAgainst(props);
  const running = flow.flow.activeRuns;
  return (
    <>
      <Tooltip
        label={reason}
        disabled={reason === null}
        multiline
        maw={320}
        events={{ hover: true, focus: true, touch: true }}
      >
        <Button disabled={reason !== null} onClick={open}>
          Publish
        </Button>
      </Tooltip>
      {reason ? <span className="visually-hidden">{`Publishing is not possible yet: ${reason}`}</span> : null}
      <Modal opened={opened} onClose={close} title="Publish this flow?">
        <Text size="sm">
          Whoever comes in from now on goes through version {(flow.published?.number ?? 0) + 1}.
          {running > 0
            ? ` ${countOf(running, 'person', 'people')} in the flow now stay on the version that they began.`
            : ''}
        </Text>
        {publish.error ? (
          <Text size="sm" c="var(--chou-bad)" mt="sm" role="alert">
            {publish.error.message}
          </Text>
        ) : null}
        <Group justify="end" mt="lg">
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button loading={publish.isPending} onClick={() => publish.mutate()} data-autofocus>
            Publish version {(flow.published?.number ?? 0) + 1}
          </Button>
        </Group>
      </Modal>
    </>
  );
}
