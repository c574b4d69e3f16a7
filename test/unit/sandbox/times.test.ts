import { describe, expect, it } from 'vitest';
import { parseDuration } from '#integrations/crm/servicetitan/sandbox/durations.ts';
import { MovableClock } from '#integrations/crm/servicetitan/sandbox/MovableClock.ts';
import { localHour } from '#integrations/crm/servicetitan/sandbox/story/localTime.ts';
import { normalizeTimestamp } from '#integrations/crm/servicetitan/sandbox/timestamps.ts';

it.each([
  ['2026-01-02', '2026-01-02T00:00:00.0000000Z'],
  ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.0000000Z'],
  ['2026-01-02T03:04:05.2876004Z', '2026-01-02T03:04:05.2876004Z'],
  ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.1234567Z'],
  ['2026-01-02T03:04:05.5+02:00', '2026-01-02T01:04:05.5000000Z'],
  ['2026-13-02', null],
  ['soon', null],
])('reads the time %s as %s', (text, timestamp) => {
  expect(normalizeTimestamp(text)).toBe(timestamp);
});

it.each([
  ['PT1H', 3_600_000],
  ['P1D', 86_400_000],
  ['P90D', 90 * 86_400_000],
  ['P1W', 7 * 86_400_000],
  ['P1DT2H3M4.5S', 93_784_500],
  ['P', null],
  ['PT', null],
  ['1D', null],
  ['P1M', null],
])('reads the duration %s as %s', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

describe('an hour in a time zone', () => {
  it.each([
    ['2026-01-05T12:00:00.0000000Z', 'America/Los_Angeles', '2026-01-07T17:00:00.0000000Z'],
    ['2026-07-06T12:00:00.0000000Z', 'America/Chicago', '2026-07-08T14:00:00.0000000Z'],
    ['2026-03-06T20:00:00.0000000Z', 'America/Chicago', '2026-03-08T14:00:00.0000000Z'],
    ['2026-01-05T02:00:00.0000000Z', 'America/Los_Angeles', '2026-01-06T17:00:00.0000000Z'],
  ])('two days after %s in %s is %s at nine', (from, timeZone, expected) => {
    expect(localHour(from, { timeZone, days: 2, hour: 9 })).toBe(expected);
  });

  it('gives way to Monday on a Sunday if asked', () => {
    const sunday = { timeZone: 'America/Chicago', days: 2, hour: 9, skipsSunday: true };
    expect(localHour('2026-03-06T20:00:00.0000000Z', sunday)).toBe('2026-03-09T14:00:00.0000000Z');
  });
});

it('never stamps two writes alike, even while the clock stands still', () => {
  const clock = new MovableClock({ now: () => new Date('2026-01-01T00:00:00Z') }, () => {});
  expect([clock.stamp(), clock.stamp()]).toEqual([
    '2026-01-01T00:00:00.0000000Z',
    '2026-01-01T00:00:00.0000001Z',
  ]);
  clock.advance(1);
  expect(clock.stamp()).toBe('2026-01-01T00:00:00.0010000Z');
  expect(() => clock.advance(-1)).toThrow(RangeError);
});
