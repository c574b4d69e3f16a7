import { describe, expect, test } from 'vitest';
import { nextLocalMoment, type LocalSchedule } from '#backend/flow/localMoments.ts';
import { scheduleMoments } from '#backend/flow/scheduleMoments.ts';
import { endOfWait } from '#backend/flow/scheduleOf.ts';
import type { DurationUnit } from '#backend/schemas/nodes/duration.ts';

const next = (schedule: Partial<LocalSchedule>, from: string, zone = 'America/Los_Angeles') =>
  nextLocalMoment({ time: '09:00', weekdays: [], ...schedule }, new Date(from), zone)
    .toISOString()
    .replace(':00.000Z', 'Z');

describe('the next moment at which clocks show a time', () => {
  test('is the moment itself when it is exactly then', () => {
    expect(next({}, '2026-11-02T17:00:00.000Z')).toBe('2026-11-02T17:00Z');
    expect(next({}, '2026-11-02T17:00:00.001Z')).toBe('2026-11-03T17:00Z');
    expect(next({}, '2026-11-02T16:59:59.999Z')).toBe('2026-11-02T17:00Z');
  });
  test('is on one of the days', () => {
    expect(next({ weekdays: ['tuesday'] }, '2026-11-02T12:00:00Z')).toBe('2026-11-03T17:00Z');
    expect(next({ weekdays: ['sunday', 'saturday'] }, '2026-11-02T12:00:00Z')).toBe('2026-11-07T17:00Z');
  });
  test('counts the day where the tenant is', () => {
    // Monday evening in California is Tuesday already by UTC.
    expect(next({ time: '20:00', weekdays: ['monday'] }, '2026-11-03T03:00:00Z')).toBe('2026-11-03T04:00Z');
  });
  test('is on the last day of a month that is shorter', () => {
    expect(next({ dayOfMonth: 31 }, '2026-11-05T00:00:00Z')).toBe('2026-11-30T17:00Z');
    expect(next({ dayOfMonth: 31 }, '2027-02-01T00:00:00Z')).toBe('2027-02-28T17:00Z');
    expect(next({ dayOfMonth: 1 }, '2026-11-05T00:00:00Z')).toBe('2026-12-01T17:00Z');
  });

  const sixInTheMorning = [
    // Clocks go back on November 1, 2026 and forward on March 8.
    ['America/Los_Angeles', '2026-10-31T00:00:00Z', '2026-10-31T16:00Z'],
    ['America/Los_Angeles', '2026-11-01T00:00:00Z', '2026-11-01T17:00Z'],
    ['America/Chicago', '2026-10-31T00:00:00Z', '2026-10-31T14:00Z'],
    ['America/Chicago', '2026-11-01T00:00:00Z', '2026-11-01T15:00Z'],
    ['America/Los_Angeles', '2026-03-07T00:00:00Z', '2026-03-07T17:00Z'],
    ['America/Los_Angeles', '2026-03-08T00:00:00Z', '2026-03-08T16:00Z'],
    ['America/Chicago', '2026-03-08T00:00:00Z', '2026-03-08T14:00Z'],
    ['America/Phoenix', '2026-03-08T00:00:00Z', '2026-03-08T16:00Z'],
    ['America/Phoenix', '2026-11-01T00:00:00Z', '2026-11-01T16:00Z'],
  ] as const;
  test.each(sixInTheMorning)('keeps to the clocks of %s from %s on: %s', (zone, from, expected) => {
    expect(next({}, from, zone)).toBe(expected);
  });

  test('that the clock is put forward over is right after', () => {
    expect(next({ time: '02:30' }, '2026-03-08T08:00:00Z')).toMatch(/^2026-03-08T1[01]:/);
    expect(next({ time: '02:30' }, '2026-03-08T07:00:00Z', 'America/Chicago')).toMatch(/^2026-03-08T0[89]:/);
    expect(next({ time: '02:30' }, '2026-03-08T08:00:00Z', 'America/Phoenix')).toBe('2026-03-08T09:30Z');
  });
  test('that comes twice is the first of the two, once', () => {
    expect(next({ time: '01:30' }, '2026-11-01T07:00:00Z')).toBe('2026-11-01T08:30Z');
    expect(next({ time: '01:30' }, '2026-11-01T08:31:00Z')).toBe('2026-11-02T09:30Z');
  });
});

describe('a wait', () => {
  const ends = (amount: number, unit: DurationUnit, from: string, zone = 'America/Los_Angeles') =>
    endOfWait({ amount, unit }, new Date(from), zone).toISOString().replace(':00.000Z', 'Z');

  const overChangesOfClocks = [
    // Noon in California and in Texas, before the clocks are put forward on March 8 and back on November 1, 2026.
    [3, 'days', '2026-03-06T20:00:00Z', 'America/Los_Angeles', '2026-03-09T19:00Z'],
    [1, 'weeks', '2026-03-06T18:00:00Z', 'America/Chicago', '2026-03-13T17:00Z'],
    [3, 'days', '2026-10-30T19:00:00Z', 'America/Los_Angeles', '2026-11-02T20:00Z'],
    [2, 'weeks', '2026-10-30T17:00:00Z', 'America/Chicago', '2026-11-13T18:00Z'],
    [3, 'days', '2026-10-30T19:00:00Z', 'America/Phoenix', '2026-11-02T19:00Z'],
    [365, 'days', '2026-03-06T20:00:00Z', 'America/Los_Angeles', '2027-03-06T20:00Z'],
  ] as const;
  test.each(overChangesOfClocks)(
    'of %i %s from %s in %s ends at the same time of day: %s',
    (amount, unit, from, zone, end) => expect(ends(amount, unit, from, zone)).toBe(end),
  );

  test('of hours or minutes is just as long, whatever clocks show', () => {
    expect(ends(72, 'hours', '2026-03-06T20:00:00Z')).toBe('2026-03-09T20:00Z');
    expect(ends(72, 'hours', '2026-10-30T19:00:00Z')).toBe('2026-11-02T19:00Z');
    expect(ends(90, 'minutes', '2026-11-01T08:30:00Z')).toBe('2026-11-01T10:00Z');
  });

  test('of days counts to the millisecond', () => {
    const end = endOfWait(
      { amount: 3, unit: 'days' },
      new Date('2026-03-06T20:00:12.345Z'),
      'America/Los_Angeles',
    );
    expect(end.toISOString()).toBe('2026-03-09T19:00:12.345Z');
  });

  test('until a time that the clock is put forward over ends as much later', () => {
    expect(ends(1, 'days', '2026-03-07T10:30:00Z')).toBe('2026-03-08T10:30Z');
    expect(ends(2, 'days', '2026-03-07T10:30:00Z')).toBe('2026-03-09T09:30Z');
  });

  test('until a time that comes twice ends at the first of the two', () => {
    expect(ends(1, 'days', '2026-10-31T08:30:00Z')).toBe('2026-11-01T08:30Z');
    // Half past one for the second time on the day before: half past one, once.
    expect(ends(1, 'days', '2026-11-01T09:30:00Z')).toBe('2026-11-02T09:30Z');
  });
});

describe('a schedule', () => {
  const moments = (now: string, nextDueAt: string | null, since = '2026-11-02T12:00:00Z') => {
    const { due, next: following } = scheduleMoments({
      schedule: { every: 'day', time: '09:00' },
      timeZone: 'America/Los_Angeles',
      nextDueAt: nextDueAt === null ? null : new Date(nextDueAt),
      since: new Date(since),
      maxAgeHours: 48,
      now: new Date(now),
    });
    return [due?.toISOString().slice(0, 16) ?? null, following.toISOString().slice(0, 16)];
  };
  test('is not due before its first moment', () =>
    expect(moments('2026-11-02T13:00:00Z', null)).toEqual([null, '2026-11-02T17:00']));
  test('is due at its moment', () =>
    expect(moments('2026-11-02T17:00:00Z', '2026-11-02T17:00:00Z')).toEqual([
      '2026-11-02T17:00',
      '2026-11-03T17:00',
    ]));
  test('makes up for the last of several that were missed, and for none that is too old', () => {
    expect(moments('2026-11-05T18:00:00Z', '2026-11-02T17:00:00Z')).toEqual([
      '2026-11-05T17:00',
      '2026-11-06T17:00',
    ]);
    const weekly = scheduleMoments({
      schedule: { every: 'week', weekday: 'monday', time: '09:00' },
      timeZone: 'America/Los_Angeles',
      nextDueAt: new Date('2026-11-02T17:00:00Z'),
      since: new Date('2026-11-01T00:00:00Z'),
      maxAgeHours: 48,
      now: new Date('2026-11-06T18:00:00Z'),
    });
    expect(weekly).toEqual({ due: null, next: new Date('2026-11-09T17:00:00Z') });
  });
});
