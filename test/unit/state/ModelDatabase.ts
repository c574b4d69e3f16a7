import { deriveJourneys } from '#backend/state/deriveJourneys.ts';
import type { Change } from '#backend/state/changes.ts';
import type { JourneyRow, StoredRow } from '#backend/state/journeyRow.ts';
import { planChanges } from '#backend/state/planChanges.ts';
import type { RecordSet } from '#backend/state/records.ts';
import { keyOf } from '#backend/state/roots.ts';
import type { JourneySettings } from '#backend/state/settings.ts';
import { timestampOf } from '#backend/state/timestamps.ts';
import { applyChanges } from './storedRows.ts';

/** What the database must do with plans, by the specification: versions, and one start for each key. */
export class ModelDatabase {
  readonly started: string[] = [];
  #rows: StoredRow[] = [];
  readonly #used = new Set<string>();
  readonly #leftAt = new Map<string, string>();

  /** All rows, or those whose root is among these records. */
  load(records?: RecordSet): StoredRow[] {
    if (!records) return [...this.#rows];
    const known = rootsOf(records);
    return this.#rows.filter(({ root }) => known.has(keyOf(root)));
  }

  /** All of a plan, or nothing and false where somebody has moved a row meanwhile. */
  apply(changes: readonly Change[], now: Date): boolean {
    const versions = new Map(this.#rows.map(({ id, version }) => [id, version]));
    const roots = new Set(this.#rows.map(({ root }) => keyOf(root)));
    const isOutdated = changes.some((change) =>
      change.type === 'insert'
        ? roots.has(keyOf(change.row.root))
        : versions.get(change.rowId) !== change.expectedVersion,
    );
    if (isOutdated) return false;
    for (const change of changes) this.#leave(change, timestampOf(now));
    for (const change of changes) this.#enter(change);
    this.#rows = applyChanges(this.#rows, changes);
    return true;
  }

  #leave(change: Change, now: string): void {
    if (change.type === 'transition' && change.entry.from !== 0)
      this.#leftAt.set(`${change.rowId} ${change.entry.from}`, now);
  }

  #enter(change: Change): void {
    if (change.type === 'refresh') {
      if (change.newEnteringKey !== null) this.#used.add(`${change.row.state} ${change.newEnteringKey}`);
      return;
    }
    const { entry } = change;
    if (!entry || entry.to === 0 || entry.enteringKey === null) return;
    const key = `${entry.to} ${entry.enteringKey}`;
    const leftAt = change.type === 'insert' ? undefined : this.#leftAt.get(`${change.rowId} ${entry.to}`);
    const isReturn = leftAt !== undefined && (entry.enteringCreatedOn ?? '') <= leftAt;
    if (!this.#used.has(key) && !isReturn && !entry.backfill) this.started.push(key);
    this.#used.add(key);
  }
}

export interface Derivation {
  records: RecordSet;
  settings: JourneySettings;
  now: Date;
  liveFrom: Date;
}

/** What a worker would write for these records, from the rows that it has loaded. */
export function planFor(
  { records, settings, now, liveFrom }: Derivation,
  rows: readonly StoredRow[],
): Change[] {
  return planChanges({
    journeys: deriveJourneys({ records, settings, now, rows }),
    rows,
    liveFrom: timestampOf(liveFrom),
    source: 'poll',
  });
}

/** Derives and applies undisturbed. */
export function deriveInto(database: ModelDatabase, derivation: Derivation): void {
  const rows = database.load(derivation.records);
  if (!database.apply(planFor(derivation, rows), derivation.now)) throw new Error('Nobody else is at work.');
}

/** What guarantee 1 speaks of: the rows in a state other than 0, without the names that the database gives. */
export function standing(rows: readonly StoredRow[]): JourneyRow[] {
  return rows
    .filter(({ state }) => state !== 0)
    .map(({ id: _id, version: _version, ...row }) => row)
    .toSorted((one, other) => (keyOf(one.root) < keyOf(other.root) ? -1 : 1));
}

/** The same without the time of the last edit, which doing and undoing something moves. */
export function unedited(rows: readonly StoredRow[]): Omit<JourneyRow, 'enteringModifiedOn'>[] {
  return standing(rows).map(({ enteringModifiedOn: _edited, ...row }) => row);
}

function rootsOf(records: RecordSet): Set<string> {
  return new Set([
    ...records.jobs.map(({ id }) => `job:${id}`),
    // An estimate whose job was not read yet stands for it.
    ...records.estimates.map(({ jobId }) => `job:${jobId}`),
    ...records.estimates.map(({ id }) => `estimate:${id}`),
    ...records.leads.map(({ id }) => `lead:${id}`),
    ...records.bookings.map(({ id }) => `booking:${id}`),
  ]);
}
