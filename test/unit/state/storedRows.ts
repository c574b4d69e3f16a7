import type { Change } from '#backend/state/changes.ts';
import type { Journey } from '#backend/state/journey.ts';
import type { StoredRow } from '#backend/state/journeyRow.ts';
import { planChanges, type PlanInput } from '#backend/state/planChanges.ts';
import { at } from './builders.ts';

/** Plans for a connection that has been live since day zero, with what a poll has read. */
export function plan(
  journeys: readonly Journey[],
  rows: readonly StoredRow[] = [],
  input: Partial<PlanInput> = {},
): Change[] {
  return planChanges({ journeys, rows, liveFrom: at(0), source: 'poll', ...input });
}

/** What the database does with a plan, rows only. New rows are named after their root. */
export function applyChanges(rows: readonly StoredRow[], changes: readonly Change[]): StoredRow[] {
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const change of changes) {
    if (change.type === 'insert') {
      const name = `row of ${change.row.root.type}:${change.row.root.id}`;
      const id = stored.has(name) ? `${name} again` : name;
      stored.set(id, { ...change.row, id, version: 1 });
    } else {
      stored.set(change.rowId, { ...change.row, id: change.rowId, version: change.expectedVersion + 1 });
    }
  }
  return [...stored.values()];
}

/** The rows that journeys leave behind. */
export function rowsOf(journeys: readonly Journey[]): StoredRow[] {
  return applyChanges([], plan(journeys));
}
