import {
  IconAlertTriangle,
  IconBan,
  IconCheck,
  IconCircleDashed,
  IconClock,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconArchive,
  type Icon,
} from '@tabler/icons-react';
import styles from './badges.module.css';

type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'neutral';

/** Every status of connections, syncs, flows, runs, steps and messages: its words, tone and shape. */
const statuses = {
  connected: { words: 'Connected', tone: 'ok', icon: IconCheck },
  error: { words: 'Needs attention', tone: 'bad', icon: IconAlertTriangle },
  idle: { words: 'Up to date', tone: 'ok', icon: IconCheck },
  reading: { words: 'Reading', tone: 'info', icon: IconClock },
  backing_off: { words: 'Trying again later', tone: 'bad', icon: IconAlertTriangle },
  forbidden: { words: 'Not permitted', tone: 'warn', icon: IconBan },
  unfinished: { words: 'History incomplete', tone: 'warn', icon: IconCircleDashed },
  never: { words: 'Not read yet', tone: 'neutral', icon: IconCircleDashed },
  running: { words: 'Running', tone: 'info', icon: IconClock },
  succeeded: { words: 'Succeeded', tone: 'ok', icon: IconCheck },
  partial: { words: 'To be continued', tone: 'info', icon: IconClock },
  abandoned: { words: 'Abandoned', tone: 'warn', icon: IconBan },
  draft: { words: 'Draft', tone: 'neutral', icon: IconPencil },
  live: { words: 'Live', tone: 'ok', icon: IconPlayerPlay },
  paused: { words: 'Paused', tone: 'warn', icon: IconPlayerPause },
  archived: { words: 'Archived', tone: 'neutral', icon: IconArchive },
  active: { words: 'Active', tone: 'info', icon: IconClock },
  done: { words: 'Done', tone: 'ok', icon: IconCheck },
  ended: { words: 'Ended early', tone: 'neutral', icon: IconBan },
  parked: { words: 'Needs attention', tone: 'bad', icon: IconAlertTriangle },
  failed: { words: 'Failed', tone: 'bad', icon: IconAlertTriangle },
  pending: { words: 'Waiting', tone: 'info', icon: IconCircleDashed },
  skipped: { words: 'Skipped', tone: 'neutral', icon: IconPlayerSkipForward },
  canceled: { words: 'Canceled', tone: 'neutral', icon: IconBan },
  queued: { words: 'Queued', tone: 'info', icon: IconClock },
  sent: { words: 'Sent', tone: 'ok', icon: IconCheck },
  notSent: { words: 'Not sent', tone: 'warn', icon: IconBan },
} as const satisfies Record<string, { words: string; tone: Tone; icon: Icon }>;
export type Status = keyof typeof statuses;

export function statusWords(status: Status): string {
  return statuses[status].words;
}

export function StatusBadge({ status }: { status: Status }) {
  const { words, tone, icon: Shape } = statuses[status];
  return (
    <span className={`${styles.status} ${styles[tone]}`}>
      <Shape size={13} stroke={2.2} aria-hidden />
      {words}
    </span>
  );
}
