import { Button, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconCloudOff, IconLoader2, IconPencil } from '@tabler/icons-react';
import styles from './FlowBuilder.module.css';
import type { SaveState } from './useAutosave.ts';

const looks = {
  saved: { words: 'Saved', icon: IconCheck, help: 'The draft is saved by itself.' },
  unsaved: { words: 'Editing…', icon: IconPencil, help: 'It is saved in a moment.' },
  saving: { words: 'Saving…', icon: IconLoader2, help: 'The draft is being saved.' },
  offline: {
    words: 'Not saved: no connection',
    icon: IconCloudOff,
    help: 'It is tried again every few seconds. Keep this window open.',
  },
  refused: { words: 'Not saved', icon: IconAlertTriangle, help: 'The server refused the draft.' },
  conflict: { words: 'Not saved', icon: IconAlertTriangle, help: 'Somebody else saved this flow.' },
} as const satisfies Record<SaveState, unknown>;

/** Whether the server has what is on the screen. */
export function SavedWords({ state, onRetry }: { state: SaveState; onRetry: () => void }) {
  const { words, icon: Shape, help } = looks[state];
  return (
    <>
      <Tooltip label={help}>
        <span className={styles.saved} data-state={state} role="status">
          <Shape size={14} aria-hidden /> {words}
        </span>
      </Tooltip>
      {state === 'offline' ? (
        <Button size="compact-xs" variant="default" onClick={onRetry}>
          Try now
        </Button>
      ) : null}
    </>
  );
}
