import { zoneOffset } from '../../../../zoneOffset.ts';
import { dayMs, hourMs } from '../durations.ts';
import { timeOf, toTimestamp } from '../timestamps.ts';

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
  const wall = new Date(start + zoneOffset(timeZone, start) + days * dayMs);
  const extra = skipsSunday && wall.getUTCDay() === 0 ? dayMs : 0;
  const wanted = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate(), hour) + extra;
  const guess = wanted - zoneOffset(timeZone, wanted);
  // Asked again at the result, since between the two the clocks may have changed.
  return toTimestamp(new Date(wanted - zoneOffset(timeZone, guess)));
}

export function hoursAfter(timestamp: string, hours: number): string {
  return toTimestamp(new Date(timeOf(timestamp) + hours * hourMs));
}
