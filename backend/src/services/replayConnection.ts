import { isDeepStrictEqual } from 'node:util';
import { isWalked } from '../repositories/derivationRepository.ts';
import type { Database } from '../repositories/database.ts';
import { AppError } from '../errors.ts';
import type { Change } from '../state/changes.ts';
import { deriveJourneys } from '../state/deriveJourneys.ts';
import type { JourneyRow, StoredRow } from '../state/journeyRow.ts';
import { planChanges } from '../state/planChanges.ts';
import { keyOf } from '../state/roots.ts';
import { timestampOf } from '../state/timestamps.ts';
import { loadWhole } from './loadChunks.ts';

/** Something that a stored journey says and its records do not, or the other way round. */
interface ReplayDifference {
  root: string;
  field: string;
  stored: unknown;
  derived: unknown;
}

export interface ReplayReport {
  /** Journeys that were derived anew and compared. */
  compared: number;
  /** Journeys that were not compared: something new about them, or a reset that is due, waits to be derived. */
  waiting: number;
  /** How many fields differ; the first of them are listed. */
  differing: number;
  differences: ReplayDifference[];
}

const mostListed = 1000;

/** Derives all journeys of a connection anew from its mirror and compares them with the stored rows; writes nothing. */
export async function replayConnection(
  database: Database,
  connectionId: string,
  now: Date,
): Promise<ReplayReport> {
  if (await isWalked(database, connectionId))
    throw new AppError(
      'conflict',
      'Its journeys are being derived at the moment. Try again when that is done.',
    );
  const report: ReplayReport = { compared: 0, waiting: 0, differing: 0, differences: [] };
  for await (const { closure, settings, pending } of loadWhole(database, connectionId)) {
    const { records, rows, overrides } = closure;
    const journeys = deriveJourneys({ records, settings: settings.journeys, now, overrides, rows });
    const { liveFrom } = settings;
    const changes = planChanges({ journeys, rows, overrides, liveFrom, source: 'settings' });
    const waiting = new Set(pending);
    const stored = new Map(rows.map((row) => [row.id, row]));
    for (const row of rows) if (isDue(row, now)) waiting.add(keyOf(row.root));
    for (const change of changes) {
      const before = change.type === 'insert' ? null : (stored.get(change.rowId) ?? null);
      if (waiting.has(keyOf(change.row.root)) || (before && waiting.has(keyOf(before.root)))) continue;
      for (const difference of differencesOf(change, before)) {
        report.differing += 1;
        if (report.differences.length < mostListed) report.differences.push(difference);
      }
    }
    const waits = journeys.filter(({ root }) => waiting.has(keyOf(root))).length;
    report.waiting += waits;
    report.compared += journeys.length - waits;
  }
  return report;
}

function isDue({ nextDueAt }: JourneyRow, now: Date): boolean {
  return nextDueAt !== null && nextDueAt <= timestampOf(now);
}

function differencesOf({ row, liftedOverrideIds }: Change, stored: StoredRow | null): ReplayDifference[] {
  const root = keyOf(row.root);
  if (!stored) return [{ root, field: 'row', stored: null, derived: row.state }];
  const before = new Map<string, unknown>(Object.entries(stored));
  const fields = Object.entries(row).flatMap(([field, derived]: [string, unknown]) =>
    isDeepStrictEqual(before.get(field), derived)
      ? []
      : [{ root, field, stored: before.get(field), derived }],
  );
  const lifted = liftedOverrideIds.map((id) => ({ root, field: 'override', stored: id, derived: null }));
  return [...fields, ...lifted];
}
