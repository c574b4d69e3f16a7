import { describe, expect, test } from 'vitest';
import { filterCases, filterProblems } from '#test/conform/filterLaws.ts';
import type { Schema } from '#test/conform/jsonSchema.ts';
import { sortProblems } from '#test/conform/sortProblems.ts';

const rows = [
  { id: 1, modifiedOn: '2026-01-01T00:00:00.1234567Z', customer: { id: 7 }, status: 'Open' },
  { id: 2, modifiedOn: '2026-01-01T00:00:00.1234568Z', customer: { id: 8 }, status: 'Dismissed' },
  { id: 3, modifiedOn: '2026-02-01T00:00:00Z', customer: null, status: 'Open' },
];

function casesOf(filter: string, schema: Schema) {
  return filterCases({ list: 'listThings', filter, schema }, rows, () => []);
}

/** What is said of an answer with these ids to the case with that value. */
function judge(filter: string, schema: Schema, { value, ids }: { value: unknown; ids: number[] }) {
  const found = casesOf(filter, schema).cases.find((each) => each.value === value);
  if (!found) throw new Error(`No case asks for ${String(value)}.`);
  return filterProblems(found, rows, ids);
}

const date = { type: 'string', format: 'date-time' };
const status = { type: 'string', enum: ['Open', 'Dismissed', 'Converted'] };

describe('the answer to a filter', () => {
  test('must have exactly the rows that pass', () => {
    expect(judge('status', status, { value: 'Open', ids: [1, 3] })).toEqual([]);
    expect(judge('status', status, { value: 'Open', ids: [1] })).toEqual([
      'rows that pass the filter are not in the answer',
    ]);
    expect(judge('status', status, { value: 'Open', ids: [1, 2, 3] })).toEqual([
      'the answer has rows that do not pass the filter',
    ]);
    expect(judge('status', status, { value: 'Open', ids: [1, 3, 3] })).toEqual([
      'the answer has a row twice',
    ]);
  });

  test('is empty for a word that no row has', () => {
    expect(judge('status', status, { value: 'Converted', ids: [] })).toEqual([]);
    expect(judge('status', status, { value: 'Converted', ids: [2] })).toHaveLength(1);
  });

  test('includes the moment of OnOrAfter and not that of Before, to the seventh digit', () => {
    const value = '2026-01-01T00:00:00.1234568Z';
    expect(judge('modifiedOnOrAfter', date, { value, ids: [2, 3] })).toEqual([]);
    expect(judge('modifiedOnOrAfter', date, { value, ids: [3] })).toHaveLength(1);
    expect(judge('modifiedBefore', date, { value, ids: [1] })).toEqual([]);
    expect(judge('modifiedBefore', date, { value, ids: [1, 2] })).toHaveLength(1);
  });

  test('is held against the id of a linked record', () => {
    expect(judge('customerId', { type: 'integer' }, { value: 8, ids: [2] })).toEqual([]);
    expect(judge('customerId', { type: 'integer' }, { value: 8, ids: [2, 3] })).toHaveLength(1);
  });

  test('is not judged where no row has a value, but nothing passes for an id that cannot be', () => {
    const { cases, isJudged } = casesOf('jobId', { type: 'integer' });
    expect(isJudged).toBe(false);
    expect(cases.map((each) => filterProblems(each, rows, [1]))).toEqual([
      ['the answer has rows that do not pass the filter'],
    ]);
  });
});

describe('the order of an answer', () => {
  const byId = (isDescending: boolean) => ({ field: 'Id', isDescending });

  test('is held against the field, in both directions', () => {
    expect(sortProblems(byId(false), rows)).toEqual([]);
    expect(sortProblems(byId(true), rows.toReversed())).toEqual([]);
    expect(sortProblems(byId(true), rows)).toEqual(['the answer is not sorted by Id, descending']);
    expect(sortProblems({ field: 'ModifiedOn', isDescending: false }, rows.toReversed())).toHaveLength(1);
  });

  test('may put capitals first or among the others, and priorities go by their rank', () => {
    const named = (...names: string[]) => names.map((name) => ({ name }));
    const byName = { field: 'Name', isDescending: false };
    expect(sortProblems(byName, named('Plum', 'Quince', 'pear'))).toEqual([]);
    expect(sortProblems(byName, named('pear', 'Plum', 'Quince'))).toEqual([]);
    expect(sortProblems(byName, named('Quince', 'pear', 'Plum'))).toHaveLength(1);
    const ranked = [{ priority: 'Low' }, { priority: 'High' }];
    expect(sortProblems({ field: 'Priority', isDescending: false }, ranked)).toEqual([]);
  });
});
