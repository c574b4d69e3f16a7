import { expect, test } from 'vitest';
import {
  dayKey,
  daysBetween,
  formatAge,
  formatDay,
  formatDuration,
  formatRelative,
} from '../../../frontend/src/time.ts';

const now = new Date('2025-11-20T04:00:00Z');

test('the day is that of the tenant: in Los Angeles it is still the evening before', () => {
  expect(dayKey('2025-11-20T04:00:00Z', 'America/Los_Angeles')).toBe('2025-11-19');
  expect(dayKey('2025-11-20T04:00:00Z', 'UTC')).toBe('2025-11-20');
  expect(formatDay('2025-11-20T03:00:00Z', 'America/Los_Angeles', now)).toBe('Today');
  expect(formatDay('2025-11-18T20:00:00Z', 'America/Los_Angeles', now)).toBe('Yesterday');
});

test.each([
  ['2025-11-20T03:59:40Z', 'just now'],
  ['2025-11-20T04:00:30Z', 'in a moment'],
  ['2025-11-20T03:00:00Z', /1 hr/],
  ['2025-11-22T04:00:00Z', /2 days/],
])('%s is %s', (iso, words) => {
  expect(formatRelative(iso, now)).toMatch(words);
});

test('ages and durations are short', () => {
  expect(formatAge('2025-11-16T03:00:00Z', now)).toBe('4 d');
  expect(formatAge('2025-11-20T03:48:00Z', now)).toBe('12 min');
  expect(formatAge('2025-11-20T05:00:00Z', now)).toBe('now');
  expect(formatDuration('2025-11-20T03:00:00Z', '2025-11-20T03:01:05Z')).toBe('1 min 5 s');
});

test('days are counted whole where clocks are changed in between', () => {
  const zone = 'America/Los_Angeles';
  const spring = '2026-03-07T20:00:00Z';
  expect(daysBetween(spring, '2026-03-10T18:59:59Z', zone)).toBe(2);
  expect(daysBetween(spring, '2026-03-10T19:00:00Z', zone)).toBe(3);
  expect(daysBetween(spring, '2026-03-12T20:00:00Z', zone)).toBe(5);
  const autumn = '2026-10-31T19:00:00Z';
  expect(daysBetween(autumn, '2026-11-03T20:00:00Z', zone)).toBe(3);
  expect(daysBetween(autumn, '2026-11-05T19:00:00Z', zone)).toBe(5);
  expect(daysBetween(autumn, '2026-11-05T18:59:59Z', zone)).toBe(4);
});
