import { ActionIcon, Button, Group, Menu, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  IconArchive,
  IconArchiveOff,
  IconCopy,
  IconDots,
  IconDownload,
  IconPlayerPause,
  IconPlayerPlay,
  IconRestore,
  IconUserQuestion,
  IconUsersPlus,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { FlowReply, FlowStatus } from '#backend/schemas/api.ts';
import type { FlowStatusChange } from '#backend/schemas/flowApi.ts';
import { api } from '../../api.ts';
import { countOf } from '../../money.ts';
import { Dialog } from '../common/Dialog.tsx';
import { notifyDone, notifyError } from '../common/notify.tsx';
import { EnrolDialog } from './EnrolDialog.tsx';
import { saveFile } from './saveFile.ts';

interface FlowMenuProps {
  flow: FlowReply;
  canEdit: boolean;
  /** Saves what is not saved yet; answers the draft's revision. */
  flush: () => Promise<number>;
  onReload: () => void;
}

const statusWords = {
  live: 'goes on',
  paused: 'is paused: people in it wait where they are',
  archived: 'is archived: it starts for nobody',
  // What was never published comes back as what it was.
  draft: 'is a draft again',
} as const satisfies Record<FlowStatus, string>;

/** What can be done with the flow as a whole. */
export function FlowMenu({ flow, canEdit, flush, onReload }: FlowMenuProps) {
  const { id, name, status, activeRuns, hasUnpublishedChanges } = flow.flow;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [discarding, discard] = useDisclosure();
  const [archiving, archive] = useDisclosure();
  const [enrolling, enrol] = useDisclosure();
  const refresh = async () => {
    await queryClient.invalidateQueries({ queryKey: ['flow', id] });
    await queryClient.invalidateQueries({ queryKey: ['flows'] });
  };
  const setStatus = useMutation({
    mutationFn: (next: FlowStatusChange) => api.setFlowStatus(id, next),
    onSuccess: async (changed) => {
      notifyDone(`${name} ${statusWords[changed.status]}.`);
      archive.close();
      await refresh();
    },
    onError: (error) => notifyError(`${name} could not be changed`, error),
  });
  const duplicate = useMutation({
    mutationFn: async () => {
      await flush();
      return api.duplicateFlow(id);
    },
    onSuccess: async (copy) => {
      notifyDone(`This is the copy: ${copy.flow.name}.`);
      await queryClient.invalidateQueries({ queryKey: ['flows'] });
      await navigate(`/flows/${copy.flow.id}`);
    },
    onError: (error) => notifyError(`${name} could not be duplicated`, error),
  });
  const exportFlow = useMutation({
    mutationFn: async () => {
      await flush();
      return api.exportFlow(id);
    },
    onSuccess: (file) => saveFile(`${name}.flow.json`, JSON.stringify(file, null, 2)),
    onError: (error) => notifyError(`${name} could not be exported`, error),
  });
  const drop = useMutation({
    mutationFn: async () => api.discardDraft(id, await flush()),
    onSuccess: () => {
      notifyDone('The draft is the published version again. What it was is kept as a checkpoint.');
      discard.close();
      onReload();
    },
  });
  const askToArchive = () => {
    setStatus.reset();
    archive.open();
  };
  const askToDiscard = () => {
    drop.reset();
    discard.open();
  };
  const icon = { size: 16, 'aria-hidden': true } as const;
  return (
    <>
      <Menu position="bottom-end" width={240}>
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More for this flow">
            <IconDots size={18} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {canEdit && status === 'live' ? (
            <Menu.Item leftSection={<IconPlayerPause {...icon} />} onClick={() => setStatus.mutate('paused')}>
              Pause
            </Menu.Item>
          ) : null}
          {canEdit && status === 'live' ? (
            <Menu.Item leftSection={<IconUsersPlus {...icon} />} onClick={enrol.open}>
              Enrol customers now…
            </Menu.Item>
          ) : null}
          {canEdit && status === 'paused' ? (
            <Menu.Item leftSection={<IconPlayerPlay {...icon} />} onClick={() => setStatus.mutate('live')}>
              Resume
            </Menu.Item>
          ) : null}
          {canEdit ? (
            <>
              {flow.published && hasUnpublishedChanges ? (
                <Menu.Item leftSection={<IconRestore {...icon} />} onClick={askToDiscard}>
                  Discard the draft
                </Menu.Item>
              ) : null}
              <Menu.Item leftSection={<IconCopy {...icon} />} onClick={() => duplicate.mutate()}>
                Duplicate the flow
              </Menu.Item>
            </>
          ) : null}
          <Menu.Item
            leftSection={<IconUserQuestion {...icon} />}
            renderRoot={(props) => <Link to={`/flows/${id}/runs?why=choose`} {...props} />}
          >
            Why did somebody get it, or not?
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload {...icon} />} onClick={() => exportFlow.mutate()}>
            Export as a file
          </Menu.Item>
          {canEdit && status === 'archived' ? (
            <Menu.Item leftSection={<IconArchiveOff {...icon} />} onClick={() => setStatus.mutate('paused')}>
              Take out of the archive
            </Menu.Item>
          ) : null}
          {canEdit && status !== 'archived' ? (
            <Menu.Item leftSection={<IconArchive {...icon} />} onClick={askToArchive}>
              Archive
            </Menu.Item>
          ) : null}
        </Menu.Dropdown>
      </Menu>
      {discarding ? (
        <Question
          title="Discard the draft?"
          words={`The draft becomes version ${flow.published?.number ?? 0} again. What it is now is kept as a checkpoint.`}
          action="Discard the draft"
          error={drop.error}
          isPending={drop.isPending}
          onGo={() => drop.mutate()}
          onClose={discard.close}
        />
      ) : null}
      {enrolling ? <EnrolDialog flowId={id} onClose={enrol.close} /> : null}
      {archiving ? (
        <Question
          title="Archive this flow?"
          words={`It starts for nobody any more.${activeRuns > 0 ? ` ${countOf(activeRuns, 'person', 'people')} in it stay where they are until it is taken out of the archive.` : ''}`}
          action="Archive"
          error={setStatus.error}
          isPending={setStatus.isPending}
          onGo={() => setStatus.mutate('archived')}
          onClose={archive.close}
        />
      ) : null}
    </>
  );
}

interface QuestionProps {
  title: string;
  words: string;
  action: string;
  error: Error | null;
  isPending: boolean;
  onGo: () => void;
  onClose: () => void;
}

function Question({ title, words, action, error, isPending, onGo, onClose }: QuestionProps) {
  return (
    <Dialog onClose={onClose} title={title}>
      <Text size="sm">{words}</Text>
      {error ? (
        <Text size="sm" c="var(--chou-bad)" mt="sm" role="alert">
          {error.message}
        </Text>
      ) : null}
      <Group justify="end" mt="lg">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button loading={isPending} onClick={onGo} data-autofocus>
          {action}
        </Button>
      </Group>
    </Dialog>
  );
}
