import { ActionIcon, SegmentedControl, TextInput, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconCommand,
  IconKeyboard,
  IconLayoutDistributeVertical,
  IconNote,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { BackLink } from '../common/BackLink.tsx';
import { LinkButton } from '../common/LinkButton.tsx';
import { StatusBadge } from '../common/StatusBadge.tsx';
import type { FlowReply } from '#backend/schemas/api.ts';
import { keyWords, type Command } from './commands.ts';
import styles from './FlowBuilder.module.css';
import { SavedWords } from './SavedWords.tsx';
import type { FlowEditor } from './useFlowEditor.ts';

interface FlowToolbarProps {
  flow: FlowReply;
  editor: FlowEditor;
  commands: readonly Command[];
  canEdit: boolean;
  view: 'canvas' | 'list';
  onView: (view: string) => void;
  /** Publishing, and what else is done with the flow as a whole. */
  children: ReactNode;
}

/** The flow's name, whether it is saved and live, and what can be done with the whole of it. */
export function FlowToolbar({ flow, editor, commands, canEdit, view, onView, children }: FlowToolbarProps) {
  const { state, dispatch, saving } = editor;
  const tool = (id: string, Shape: Icon, disabled = false) => {
    const command = commands.find((each) => each.id === id);
    return command ? <Tool command={command} icon={Shape} disabled={disabled} /> : null;
  };
  return (
    <header className={styles.toolbar}>
      <BackLink to="/flows" label="All flows" />
      <h1 className="visually-hidden">{state.document.name}</h1>
      <TextInput
        aria-label="Name of the flow"
        value={state.document.name}
        readOnly={!canEdit}
        maxLength={120}
        error={state.document.name.trim() === ''}
        onChange={(event) => dispatch({ type: 'renamed', name: event.currentTarget.value })}
        onBlur={() => dispatch({ type: 'paused' })}
        className={styles.name}
        variant="unstyled"
      />
      <StatusBadge status={flow.flow.status} />
      {canEdit ? (
        <SavedWords state={saving.state} onRetry={() => void saving.flush().catch(() => undefined)} />
      ) : null}
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
        {tool('undo', IconArrowBackUp, state.past.length === 0)}
        {tool('redo', IconArrowForwardUp, state.future.length === 0)}
        {tool('tidy', IconLayoutDistributeVertical)}
        {view === 'canvas' ? tool('note', IconNote) : null}
        {tool('palette', IconCommand)}
        {tool('shortcuts', IconKeyboard)}
        <LinkButton variant="default" to={`/flows/${flow.flow.id}/runs`}>
          Runs
        </LinkButton>
        {children}
      </div>
    </header>
  );
}

function Tool({ command, icon: Shape, disabled }: { command: Command; icon: Icon; disabled: boolean }) {
  const [keys] = command.keys;
  const hint = keys ? ` (${keyWords(keys).join('+')})` : '';
  return (
    <Tooltip label={command.title + hint}>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={command.title}
        disabled={disabled}
        onClick={command.run}
      >
        <Shape size={18} />
      </ActionIcon>
    </Tooltip>
  );
}
