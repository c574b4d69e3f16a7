import type { Change } from './changes.ts';
import type { StoredRow } from './journeyRow.ts';
import { keyOf } from './roots.ts';

/** The rows as they are once a plan is applied; one that is inserted is named after its root until it is stored. */
export function settledRows(rows: readonly StoredRow[], changes: readonly Change[]): StoredRow[] {
  const settled = new Map(rows.map((row) => [row.id, row]));
  for (const change of changes) {
    if (change.type === 'insert') {
      const id = keyOf(change.row.root);
      settled.set(id, { ...change.row, id, version: 0 });
    } else {
      settled.set(change.rowId, { ...change.row, id: change.rowId, version: change.expectedVersion });
    }
  }
  return [...settled.values()];
}
