import { ActionIcon, Button, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconDeviceFloppy,
  IconLayoutDistributeVertical,
} from '@tabler/icons-react';
import type { FlowReply } from '#backend/schemas/api.ts';
import { BackLink } from '../common/BackLink.tsx';
import { LinkButton } from '../common/LinkButton.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import styles from './FlowBuilder.module.css';
import { PauseButton } from './PauseButton.tsx';
import { PublishButton } from './PublishButton.tsx';
import type { useFlowEditor } from './useFlowEditor.ts';

interface FlowToolbarProps {
  flow: FlowReply;
  editor: ReturnType<typeof useFlowEditor>;
  canEdit: boolean;
  view: 'canvas' | 'list';
  onView: (view: string) => void;
}

/** The flow's name, whether it is saved and live, and what can be done with the whole of it. */
export function FlowToolbar({ flow, editor, canEdit, view, onView }: FlowToolbarProps) {
  const { state, dispatch, isDirty, isSaving, problems, save } = editor;
  return (
    <header className={styles.toolbar}>
      <BackLink to="/flows" label="All flows" />
      <h1 className="visually-hidden">{state.name}</h1>
      <TextInput
        aria-label="Name of the flow"
        value={state.name}
        readOnly={!canEdit}
        onChange={(event) => dispatch({ type: 'renamed', name: event.currentTarget.value })}
        className={styles.name}
        variant="unstyled"
      />
      <StatusBadge status={flow.flow.status} />
      <span className={styles.saved} role="status">
        {savedWords(isDirty, flow)}
      </span>
      <div className={styles.tools}>
        <SegmentedControl
          size="xs"
          aria-label="How the flow is shown"
          data={[
            { value: 'canvas', label: 'Canvas' },
            { value: 'list', label: 'List' },
          ]}
          value={view}
          onChange={onView}
        />
        <LinkButton variant="default" to={`/flows/${flow.flow.id}/runs`}>
          Runs
        </LinkButton>
        {canEdit ? (
          <>
            <Tooltip label="Undo (Ctrl+Z)">
              <ActionIcon
                variant="default"
                size={36}
                aria-label="Undo"
                disabled={state.past.length === 0}
                onClick={() => dispatch({ type: 'undone' })}
              >
                <IconArrowBackUp size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Redo (Ctrl+Shift+Z)">
              <ActionIcon
                variant="default"
                size={36}
                aria-label="Redo"
                disabled={state.future.length === 0}
                onClick={() => dispatch({ type: 'redone' })}
              >
                <IconArrowForwardUp size={18} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label="Tidy up">
              <ActionIcon
                variant="default"
                size={36}
                aria-label="Tidy up"
                onClick={() => dispatch({ type: 'tidied' })}
              >
                <IconLayoutDistributeVertical size={18} />
              </ActionIcon>
            </Tooltip>
            <PauseButton flow={flow.flow} />
            <Button
              variant="default"
              leftSection={<IconDeviceFloppy size={16} />}
              disabled={!isDirty}
              loading={isSaving}
              onClick={save}
            >
              Save draft
            </Button>
            <PublishButton flow={flow} isDirty={isDirty} problems={problems} />
          </>
        ) : null}
      </div>
    </header>
  );
}

function savedWords(isDirty: boolean, { flow, published }: FlowReply): string {
  if (isDirty) return '● Unsaved changes';
  return flow.hasUnpublishedChanges || !published ? 'Saved, not published' : 'Saved';
}
