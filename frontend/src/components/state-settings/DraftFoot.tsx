import { Text } from '@mantine/core';
import type { Ref } from 'react';
import { countOf } from '../../money.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import styles from './StateSettings.module.css';
import type { SettingsWork } from './useSettingsWork.ts';

interface DraftFootProps {
  /** How many values are drafted. */
  count: number;
  work: SettingsWork;
  /** Why the last thing that was asked for was not done; null where something else says so. */
  error: Error | null;
  /** The sentence that says how it stands: where the focus goes when the preview is gone. */
  statusRef: Ref<HTMLParagraphElement>;
  onDiscard: () => void;
  onPreview: () => void;
}

/** How much is drafted, and the ways on: to leave it, or to see what it would do. */
export function DraftFoot({ count, work, error, statusRef, onDiscard, onPreview }: DraftFootProps) {
  return (
    <div className={styles.foot}>
      <Text ref={statusRef} tabIndex={-1} size="sm" c="dimmed" role="status">
        {count === 0 ? 'No changes to preview.' : `${countOf(count, 'change')}, not applied yet.`}
      </Text>
      {error ? (
        <Text size="sm" c="var(--chou-bad)" role="alert">
          {error.message}
        </Text>
      ) : null}
      <BusyButton variant="default" size="xs" isOff={count === 0 || work.isBusy} onClick={onDiscard}>
        Discard
      </BusyButton>
      <BusyButton size="xs" isBusy={work.isStarting} isOff={count === 0 || work.isBusy} onClick={onPreview}>
        Preview
      </BusyButton>
    </div>
  );
}
