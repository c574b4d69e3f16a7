/** What a clock on the wall in that zone shows, as the fields of the browser write it: 2026-03-02T12:00. */
export function wallTime(iso: string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(new Date(iso));
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

const dayMs = 86_400_000;

/** While a year is being typed it is one of the first centuries. */
const earliest = Date.parse('2000-01-01T00:00:00Z');

/** The moment at which that clock shows it, of an hour that comes twice the first; null for what is no time of ours. */
export function momentOf(wall: string, zone: string): string | null {
  const asUtc = Date.parse(`${wall}Z`);
  if (Number.isNaN(asUtc) || asUtc < earliest) return null;
  const shiftAt = (at: number) => Date.parse(`${wallTime(new Date(at).toISOString(), zone)}Z`) - at;
  // A zone may shift in between: one of both sides is right, or neither in an hour that the clock skips.
  const moments = [asUtc - dayMs, asUtc + dayMs]
    .map((at) => asUtc - shiftAt(at))
    .toSorted((one, other) => one - other)
    .map((at) => new Date(at).toISOString());
  return moments.find((moment) => wallTime(moment, zone) === wall) ?? moments[0] ?? null;
}
