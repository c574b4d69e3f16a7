import { Loader, Text, Title } from '@mantine/core';
import type { SettingsChangesReply } from '#backend/schemas/stateSettings.ts';
import { countOf } from '../../money.ts';
import { useNow } from '../../session.ts';
import { BusyButton } from '../common/BusyButton.tsx';
import { Time } from '../common/Time.tsx';
import { differenceKey, differenceWords, type Subject } from './settingWords.ts';
import styles from './StateSettings.module.css';

interface ChangesListProps {
  reply: SettingsChangesReply;
  subjects: readonly Subject[];
  zone: string;
  readOnly: boolean;
  isBusy: boolean;
  onUndo: (changeId: string) => void;
}

/** Who changed what and when; the newest change that stands can be undone. */
export function ChangesList({ reply, subjects, zone, readOnly, isBusy, onUndo }: ChangesListProps) {
  const now = useNow();
  const { changes, isDeriving } = reply;
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="settings-changes">
      <div className={styles.tools}>
        <Title order={3} size="sm" id="settings-changes">
          Changes
        </Title>
        <Text size="xs" c="dimmed" role="status">
          {isDeriving ? (
            <>
              <Loader size={10} mr={6} aria-hidden />
              The journeys are being moved.
            </>
          ) : (
            ''
          )}
        </Text>
      </div>
      <ul className={styles.rows}>
        {changes.map((change) => (
          <li key={change.id}>
            <div className={change.undoneAt ? `${styles.name} ${styles.past}` : styles.name}>
              {change.differences.map((difference) => {
                const { what, change: words } = differenceWords(difference, { subjects, zone, now });
                return (
                  <div key={differenceKey(difference)}>
                    {what}: <strong>{words}</strong>
                  </div>
                );
              })}
              {change.note ? <div>“{change.note}”</div> : null}
              <Text size="xs" c="dimmed" component="div">
                {change.madeBy}, <Time iso={change.madeAt} zone={zone} /> · moved{' '}
                {countOf(change.moved, 'journey')}
                {change.startFlows ? ', flows were started' : ''}
                {change.undoneAt ? (
                  <>
                    {' '}
                    · undone by {change.undoneBy}, <Time iso={change.undoneAt} zone={zone} />
                  </>
                ) : null}
              </Text>
            </div>
            {change.canUndo && !readOnly ? (
              <BusyButton variant="default" size="xs" isOff={isBusy} onClick={() => onUndo(change.id)}>
                Undo…
              </BusyButton>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}
