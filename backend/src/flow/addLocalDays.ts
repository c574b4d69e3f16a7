import { zoneOffset } from '#integrations/zoneOffset.ts';

const dayMs = 24 * 3_600_000;

/**
 * The moment so many days later at which clocks in the zone show the same time. Where the clock is put forward over it, as
 * much later as that; where it is put back, the first of the two.
 */
export function addLocalDays(time: Date, days: number, timeZone: string): Date {
  const target = time.getTime() + zoneOffset(timeZone, time.getTime()) + days * dayMs;
  // The clocks change once at the most within two days.
  const before = zoneOffset(timeZone, target - dayMs);
  const after = zoneOffset(timeZone, target + dayMs);
  const [first] = [target - before, target - after]
    .filter((moment) => moment + zoneOffset(timeZone, moment) === target)
    .toSorted((one, other) => one - other);
  return new Date(first ?? target - before);
}
