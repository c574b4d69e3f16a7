import { expect, test } from 'vitest';
import { sinceProblems, twinProblems, type Twin } from '#test/conform/feedProblems.ts';

const twin: Twin = { list: 'listThings', idsOf: ({ id }) => [id] };
const active = { id: 1, active: true, modifiedOn: '2025-01-01T00:00:00Z' };
const inactive = { id: 2, active: false, modifiedOn: '2026-03-01T00:00:00Z' };
const all = [active, inactive];

test('a feed has every record of its list', () => {
  expect(twinProblems(twin, { all, listed: all })).toEqual([]);
  expect(twinProblems(twin, { all: [active], listed: all })).toEqual(['records of its list are not in it']);
});

test('a feed has more than its list only where the list hides what is inactive', () => {
  expect(twinProblems(twin, { all, listed: [active] })).toEqual([
    'it has records that its list does not have',
  ]);
  expect(twinProblems({ ...twin, hidesInactive: true }, { all, listed: [active] })).toEqual([]);
  expect(twinProblems({ ...twin, hidesInactive: true }, { all, listed: [inactive] })).toHaveLength(1);
});

test('a feed since a date has what changed since, and nothing older unless its records repeat', () => {
  const since = '2026-01-01';
  expect(sinceProblems({}, { part: [inactive], all, since })).toEqual([]);
  expect(sinceProblems({}, { part: [], all, since })).toEqual(['records that changed later are not in it']);
  expect(sinceProblems({}, { part: all, all, since })).toEqual(['it has records that changed earlier']);
  expect(sinceProblems({ repeats: true }, { part: all, all, since })).toEqual([]);
});
