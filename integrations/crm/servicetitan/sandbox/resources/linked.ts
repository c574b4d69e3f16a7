import type { Collection, StoredRow } from '../Collection.ts';
import type { Test } from '../Selection.ts';
import { conditional } from './filters.ts';

/** With more ids than this, going through all rows is no slower than asking an index for each. */
const mostIndexed = 1000;

/** All rows that pass, by id; a test with a condition is answered by an index. */
export function rowsThatPass<Row extends StoredRow>(
  collection: Collection<Row>,
  ...tests: readonly Test<Row>[]
): Row[] {
  const everything = { offset: 0, limit: Number.MAX_SAFE_INTEGER };
  return collection.page({ tests, sort: (row) => row.id, isDescending: false }, everything);
}

/** Rows whose link is one of some ids. */
export function linkedTo<Row>(read: (row: Row) => number, ids: Iterable<number | null>): Test<Row> {
  const wanted = new Set([...ids].filter((id) => id !== null));
  const test = (row: Row) => wanted.has(read(row));
  if (wanted.size > mostIndexed) return test;
  return conditional(read, test, (member) => ({ member, is: 'among', values: [...wanted] }));
}
