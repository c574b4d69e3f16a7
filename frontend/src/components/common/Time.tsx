import { Text } from '@mantine/core';
import { useNow } from '../../session.ts';
import { formatDateTime, formatRelative } from '../../time.ts';

interface TimeProps {
  iso: string;
  zone: string;
  /** both: the time and the distance beside it. */
  show?: 'both' | 'relative' | 'absolute';
}

/** A time in its tenant's zone, the exact one in the title. */
export function Time({ iso, zone, show = 'both' }: TimeProps) {
  const now = useNow();
  const absolute = formatDateTime(iso, zone, now);
  const relative = formatRelative(iso, now);
  return (
    <time dateTime={iso} title={`${iso} · ${absolute} ${zone}`}>
      {show === 'relative' ? relative : absolute}
      {show === 'both' ? (
        <Text span c="dimmed" size="xs" ml={6}>
          {relative}
        </Text>
      ) : null}
    </time>
  );
}
