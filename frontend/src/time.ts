/** How times are written: in the tenant's zone, with the distance from now beside. */

const formats = new Map<string, Intl.DateTimeFormat>();

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = zone + JSON.stringify(options);
  const known = formats.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(undefined, { timeZone: zone, ...options });
  formats.set(key, made);
  return made;
}

const shortTime = { hour: 'numeric', minute: '2-digit' } as const satisfies Intl.DateTimeFormatOptions;
const shortDay = {
  weekday: 'short',
  month: 'short',
  day: 'numeric',
} as const satisfies Intl.DateTimeFormatOptions;

function yearOf(iso: Date, zone: string): string {
  return format(zone, { year: 'numeric' }).format(iso);
}

/** "Tue, Nov 25, 2:00 PM", with the year when it is not the current one. */
export function formatDateTime(iso: string, zone: string, now: Date): string {
  const at = new Date(iso);
  const sameYear = yearOf(at, zone) === yearOf(now, zone);
  return format(zone, { ...shortDay, ...shortTime, ...(sameYear ? {} : { year: 'numeric' }) }).format(at);
}

/** "Nov 25, 2:00 PM", for narrow places. */
export function formatDateTimeShort(iso: string, zone: string): string {
  return format(zone, { month: 'short', day: 'numeric', ...shortTime }).format(new Date(iso));
}

export function formatTime(iso: string, zone: string): string {
  return format(zone, shortTime).format(new Date(iso));
}

/** The day a time falls on in that zone, as a heading: "Today", "Yesterday" or "Tuesday, November 25". */
export function formatDay(iso: string, zone: string, now: Date): string {
  const day = dayKey(iso, zone);
  if (day === dayKey(now.toISOString(), zone)) return 'Today';
  if (day === dayKey(new Date(now.getTime() - 86_400_000).toISOString(), zone)) return 'Yesterday';
  if (day === dayKey(new Date(now.getTime() + 86_400_000).toISOString(), zone)) return 'Tomorrow';
  const at = new Date(iso);
  const sameYear = yearOf(at, zone) === yearOf(now, zone);
  return format(zone, {
    weekday: 'long',
    month: 'long',
    day: 'numeric',
    ...(sameYear ? {} : { year: 'numeric' }),
  }).format(at);
}

/** The calendar day in that zone, as 2025-11-25. */
export function dayKey(iso: string, zone: string): string {
  const parts = format(zone, { year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(
    new Date(iso),
  );
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}`;
}

const dayMs = 86_400_000;

/** Whole days from one time to another: a day is one for the clock on the wall too, where that was changed in between. */
export function daysBetween(start: string, end: string, zone: string): number {
  const elapsed = Date.parse(end) - Date.parse(start);
  return Math.floor(Math.max(elapsed, wallClock(end, zone) - wallClock(start, zone)) / dayMs);
}

/** The local date and time as if they were UTC's, in milliseconds. */
function wallClock(iso: string, zone: string): number {
  const clock = format(zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const parts = clock.formatToParts(new Date(iso));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '00';
  return Date.parse(`${dayKey(iso, zone)}T${part('hour')}:${part('minute')}:${part('second')}Z`);
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'always', style: 'short' });

/** "3 hr. ago", "in 2 days", "just now". */
export function formatRelative(iso: string, now: Date): string {
  const seconds = (new Date(iso).getTime() - now.getTime()) / 1000;
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return seconds > 0 ? 'in a moment' : 'just now';
}

/** "4 d", "3 h", "12 min": how long something has lasted, for dense places. */
export function formatAge(iso: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - new Date(iso).getTime()) / 60_000));
  if (minutes < 1) return 'now';
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h`;
  return `${Math.floor(minutes / 1440)} d`;
}

/** How long something took: "820 ms", "4.2 s", "1 min 5 s". */
export function formatDuration(fromIso: string, toIso: string): string {
  const ms = new Date(toIso).getTime() - new Date(fromIso).getTime();
  if (ms < 1000) return `${ms} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  return `${Math.floor(ms / 60_000)} min ${Math.floor((ms % 60_000) / 1000)} s`;
}
