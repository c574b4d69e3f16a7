import { Alert, Button, Group, Radio, Skeleton, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import type { Landing, PublishPreviewReply } from '#backend/schemas/flowApi.ts';
import { api } from '../../api.ts';
import { queries } from '../../queries.ts';
import { enrolmentWords } from '../flows/GalleryFlowCard.tsx';
import { countOf } from '../../money.ts';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone } from '../common/notify.tsx';
import { QueryView } from '../common/QueryView.tsx';
import styles from './FlowBuilder.module.css';
import { templateWords } from './templateWords.ts';
import { diffWords } from './diffWords.ts';

interface PublishDialogProps {
  flow: FlowReply;
  /** Saves what is not saved yet; answers the draft's revision. */
  flush: () => Promise<number>;
  titleOf: (nodeId: string) => string;
  /** Goes to where a problem is mended. */
  onProblem: (problem: FlowProblem) => void;
  onPublished: () => void;
  onClose: () => void;
}

/** Makes the draft the next version, after saying what changes and whom that touches. */
export function PublishDialog({ flush, ...rest }: PublishDialogProps) {
  const { flow, onClose } = rest;
  const flowId = flow.flow.id;
  const preview = useQuery({
    queryKey: ['publish-preview', flowId],
    queryFn: async () => {
      await flush();
      return api.previewPublish(flowId);
    },
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
  const number = (flow.published?.number ?? 0) + 1;
  return (
    <Dialog onClose={onClose} title={`Publish version ${number}?`} size="lg">
      <QueryView query={preview} skeleton={<Skeleton height={160} />}>
        {(data) => <PublishForm {...rest} number={number} preview={data} />}
      </QueryView>
    </Dialog>
  );
}

interface PublishFormProps extends Omit<PublishDialogProps, 'flush'> {
  number: number;
  preview: PublishPreviewReply;
}

function PublishForm({ flow, number, preview, titleOf, onProblem, onPublished, onClose }: PublishFormProps) {
  const [note, setNote] = useState('');
  const [inFlight, setInFlight] = useState<'stay' | 'move'>('stay');
  const queryClient = useQueryClient();
  const { total, lands } = preview.inFlight;
  const errors = preview.problems.filter(({ severity }) => severity !== 'advice');
  const publish = useMutation({
    mutationFn: () =>
      api.publishFlow(flow.flow.id, { draftRevision: preview.draftRevision, note: note.trim(), inFlight }),
    onSuccess: async () => {
      notifyDone(`Version ${number} of ${flow.flow.name} is published.`);
      onPublished();
      onClose();
      await queryClient.invalidateQueries({ queryKey: ['flow', flow.flow.id] });
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
    },
  });
  return (
    <Stack gap="md">
      <Text size="sm">
        Whoever comes in from now on goes through version {number}.{' '}
        {preview.changes ? diffWords(preview.changes) : 'It is the first version.'}
      </Text>
      {errors.length === 0 ? <EnrolmentWords flowId={flow.flow.id} /> : null}
      {errors.length > 0 ? (
        <Alert color="red" title="It cannot be published yet">
          <ul className={styles.problems}>
            {errors.map((problem) => (
              <li key={`${problem.nodeId} ${problem.field} ${problem.message}`}>
                <button
                  type="button"
                  onClick={() => {
                    onClose();
                    onProblem(problem);
                  }}
                >
                  <IconAlertTriangle size={15} aria-hidden />
                  <span>
                    {problem.nodeId === null ? null : <strong>{titleOf(problem.nodeId)}: </strong>}
                    {problem.message}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {total > 0 ? (
        <Radio.Group
          label={`${countOf(total, 'person is', 'people are')} in the flow now`}
          value={inFlight}
          onChange={(value) => setInFlight(value === 'move' ? 'move' : 'stay')}
        >
          <Stack gap={6} mt={6}>
            <Radio value="stay" label={`They stay on the version that they began with`} />
            <Radio value="move" label={`They go on in version ${number}`} />
          </Stack>
        </Radio.Group>
      ) : null}
      {total > 0 && inFlight === 'move' ? <Landings lands={lands} /> : null}
      <Textarea
        label="Note"
        description="What changed and why: for whoever looks at the versions later."
        value={note}
        maxLength={500}
        onChange={(event) => setNote(event.currentTarget.value)}
        autosize
        minRows={2}
        // It comes after the dialog, which has given the focus to its cross by then.
        autoFocus
      />
      {publish.error ? (
        <Text size="sm" c="var(--chou-bad)" role="alert">
          {publish.error.message}
        </Text>
      ) : null}
      <Group justify="end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={publish.isPending} disabled={errors.length > 0} onClick={() => publish.mutate()}>
          Publish version {number}
        </Button>
      </Group>
    </Stack>
  );
}

/** How many stand where the flow starts, which is no reason to be in it: publishing enrols nobody by itself. */
function EnrolmentWords({ flowId }: { flowId: string }) {
  const { data, isPending } = useQuery(queries.enrolment(flowId, 'draft'));
  if (isPending) return <Skeleton height={20} />;
  const { count = null, isExact = true } = data ?? {};
  if (count === null) return null;
  return (
    <Text size="sm" c="dimmed">
      {enrolmentWords({ count, isExact })}
      {count > 0
        ? ', were it started for everybody who is there. Publishing alone starts it only for those who come from now on.'
        : '.'}
    </Text>
  );
}

/** Where people are, and where they would go on. */
function Landings({ lands }: { lands: readonly Landing[] }) {
  return (
    <table className={styles.landings} aria-label="Where people would go on">
      <thead>
        <tr>
          <th scope="col">People</th>
          <th scope="col">Are at</th>
          <th scope="col">Go on at</th>
        </tr>
      </thead>
      <tbody>
        {lands.map(({ nodeId, title, count, to }) => (
          <tr key={`${nodeId} ${to?.nodeId}`}>
            <td>{count}</td>
            <td>{templateWords(title)}</td>
            <td>{to ? templateWords(to.title) : <em>nowhere: the flow is over for them</em>}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
