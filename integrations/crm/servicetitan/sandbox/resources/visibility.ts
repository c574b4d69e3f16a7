import type { StoredRow } from '../Collection.ts';
import type { Test } from '../Selection.ts';
import { conditional } from './filters.ts';
import type { QueryReader } from './QueryReader.ts';

/**
 * What a list shows while changes become visible late: no record that was created since then and, where the caller asks
 * for changes, none that was changed since then.
 */
export function visibleIn<Row extends StoredRow>(until: string | null, reader: QueryReader): Test<Row>[] {
  if (until === null) return [];
  const created = conditional<Row>(
    (row) => row.createdOn,
    (row) => row.createdOn < until,
    (member) => ({ member, is: 'below', value: until }),
  );
  const asksForChanges = ['modifiedOnOrAfter', 'modifiedBefore'].some(
    (name) => reader.text(name) !== undefined,
  );
  if (!asksForChanges) return [created];
  const changed = conditional<Row>(
    (row) => row.modifiedOn ?? row.createdOn,
    (row) => (row.modifiedOn ?? row.createdOn) < until,
    (member) => ({ member, is: 'below', value: until }),
  );
  return [created, changed];
}

/** Whether a row's last change is visible. */
export function isVisible({ createdOn, modifiedOn }: StoredRow, until: string | null): boolean {
  return until === null || (modifiedOn ?? createdOn) < until;
}
