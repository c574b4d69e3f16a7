const isoTime =
  /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:?\d{2})?)?$/i;

/** As the sandbox itself writes them; the last days of a month are left to the calendar. */
const normalTime =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{7}Z$/;

/** A date as ServiceTitan writes it: UTC with seven fractional digits, of which the last four are `ticks`. */
export function toTimestamp(date: Date, ticks = 0): string {
  return `${date.toISOString().slice(0, -1)}${String(ticks).padStart(4, '0')}Z`;
}

/** Any ISO 8601 time as UTC with seven fractional digits, so that timestamps compare as strings; null if it is none. */
export function normalizeTimestamp(text: string): string | null {
  if (normalTime.test(text)) return text;
  const match = isoTime.exec(text.trim());
  if (!match) return null;
  const [, day = '', minutes = '00:00', seconds = '00', fraction = '', zone = 'Z'] = match;
  const date = new Date(`${day}T${minutes}:${seconds}${zone.toUpperCase()}`);
  // A zone can lead beyond the years that four digits write.
  if (Number.isNaN(date.getTime()) || !/^\d/.test(date.toISOString())) return null;
  return `${date.toISOString().slice(0, 19)}.${fraction.padEnd(7, '0').slice(0, 7)}Z`;
}

/** The time of a timestamp in milliseconds; what lies below a millisecond is cut off. */
export function timeOf(timestamp: string): number {
  return Date.parse(timestamp);
}
