import { dayMs, hourMs } from '../durations.ts';
import { timeOf, toTimestamp } from '../timestamps.ts';

/** Making one takes far longer than using it. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const formatter = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formatters.set(timeZone, formatter);
  return formatter;
}

/** How far a zone's wall clock is ahead of UTC at a moment, in milliseconds. */
function zoneOffset(timeZone: string, moment: Date): number {
  const parts = formatterOf(timeZone).formatToParts(moment);
  const read = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  const wall = Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  );
  return wall - Math.floor(moment.getTime() / 1000) * 1000;
}

export interface LocalHour {
  readonly timeZone: string;
  readonly days: number;
  readonly hour: number;
  /** Whether a Sunday gives way to Monday. */
  readonly skipsSunday?: boolean;
}

/** The timestamp at which a zone's clock shows a full hour, some days after the day of `from`. */
export function localHour(from: string, { timeZone, days, hour, skipsSunday = false }: LocalHour): string {
  const start = timeOf(from);
  const wall = new Date(start + zoneOffset(timeZone, new Date(start)) + days * dayMs);
  const extra = skipsSunday && wall.getUTCDay() === 0 ? dayMs : 0;
  const wanted = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), hour) + extra;
  const guess = new Date(wanted - zoneOffset(timeZone, new Date(wanted)));
  // Asked again at the result, since between the two the clocks may have changed.
  return toTimestamp(new Date(wanted - zoneOffset(timeZone, guess)));
}

export function hoursAfter(timestamp: string, hours: number): string {
  return toTimestamp(new Date(timeOf(timestamp) + hours * hourMs));
}
