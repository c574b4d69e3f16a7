import type { Row } from './KnownRows.ts';
import { momentOf, valuesOf } from './memberValues.ts';

const priorities = ['Low', 'Normal', 'High', 'Urgent'];

/** What a row is sorted by; undefined where it does not tell. */
export function sortKey(field: string, row: Row): string | number | undefined {
  const name = `${field.slice(0, 1).toLowerCase()}${field.slice(1)}`;
  const values = valuesOf(name, row) ?? [];
  const [value] = values.length === 0 && name === 'modifiedOn' ? (valuesOf('createdOn', row) ?? []) : values;
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const rank = field === 'Priority' ? priorities.indexOf(value) : -1;
  if (rank !== -1) return rank;
  return /^\d{4}-\d\d-\d\dT/.test(value) ? momentOf(value) : value;
}

/** What is wrong with the order of an answer; rows that do not tell their place may stand anywhere. */
export function sortProblems(
  { field, isDescending }: { field: string; isDescending: boolean },
  answered: readonly Row[],
): string[] {
  const keys = answered.map((row) => sortKey(field, row)).filter((key) => key !== undefined);
  // The vendor does not say whether capitals come first.
  const folded = keys.map((key) => (typeof key === 'string' ? key.toLowerCase() : key));
  const isSorted = [keys, folded].some((order) => isInOrder(order, isDescending));
  return isSorted
    ? []
    : [`the answer is not sorted by ${field}, ${isDescending ? 'descending' : 'ascending'}`];
}

function isInOrder(keys: readonly (string | number)[], isDescending: boolean): boolean {
  return keys.every((key, index) => {
    const before = keys[index - 1] ?? key;
    return isDescending ? before >= key : before <= key;
  });
}
