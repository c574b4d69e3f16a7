import type { StateNumber } from '../schemas/state.ts';
import type { Change } from './changes.ts';
import { deriveJourneys } from './deriveJourneys.ts';
import type { JourneyRow, StoredRow } from './journeyRow.ts';
import type { JourneyOverride } from './overrides.ts';
import { planChanges } from './planChanges.ts';
import type { RecordSet } from './records.ts';
import { keyOf } from './roots.ts';
import type { JourneySettings } from './settings.ts';
import { settledRows } from './settledRows.ts';

/** What states hang on beside the records: settings, and from when on news is no history. */
export interface ComparedSettings {
  settings: JourneySettings;
  /** A timestamp of seven digits. */
  liveFrom: string;
}

interface PreviewInput {
  /** A closed set of records with all rows and overrides that belong to it. */
  records: RecordSet;
  rows: readonly StoredRow[];
  overrides: readonly JourneyOverride[];
  before: ComparedSettings;
  after: ComparedSettings;
  now: Date;
}

/** A journey that would move. */
export interface Move {
  from: StateNumber;
  to: StateNumber;
  contact: { type: 'customer' | 'lead' | 'booking'; id: number } | null;
  jobId: number | null;
  why: string;
}

/** A state that a journey would enter: all that decides whether it starts a flow. */
interface PreviewedEntry {
  /** Null: the journey has no row yet. */
  journeyId: string | null;
  customerId: number | null;
  contact: Move['contact'];
  state: StateNumber;
  enteringKey: string | null;
  happenedOn: string | null;
  createdOn: string | null;
  modifiedOn: string | null;
  appointmentAhead: boolean;
  backfill: boolean;
}

export interface ChunkPreview {
  lookedAt: number;
  moves: Move[];
  /** Stored journeys and the state that they would leave. */
  leavings: { journeyId: string; state: StateNumber }[];
  /** In the order in which they would be applied. */
  entries: PreviewedEntry[];
  overridesLifted: number;
}

/**
 * What other settings would do to the journeys of a chunk. What the settings as they are have still to do (news that
 * waits, a reset that is due) is done first, so that it is not taken for an effect of the change.
 */
export function previewChunk({ records, before, after, now, ...stored }: PreviewInput): ChunkPreview {
  const first = derivePlan({ records, ...stored, compared: before, now });
  const rows = settledRows(stored.rows, first.changes);
  const overrides = remainingOverrides(stored, rows, first.changes);
  const { changes } = derivePlan({ records, rows, overrides, compared: after, now });
  const storedIds = new Set(stored.rows.map(({ id }) => id));
  const idOf = (change: Change) =>
    change.type !== 'insert' && storedIds.has(change.rowId) ? change.rowId : null;
  const preview: ChunkPreview = {
    lookedAt: first.journeys.length,
    moves: [],
    leavings: [],
    entries: [],
    overridesLifted: changes.reduce((sum, { liftedOverrideIds }) => sum + liftedOverrideIds.length, 0),
  };
  for (const change of changes) {
    const entry = change.type === 'refresh' ? null : change.entry;
    if (!entry) continue;
    const { row } = change;
    const journeyId = idOf(change);
    const contact = contactOf(row);
    const jobId = row.jobId ?? (row.root.type === 'job' ? row.root.id : null);
    preview.moves.push({ from: entry.from, to: entry.to, contact, jobId, why: row.explanation });
    if (entry.from !== 0 && journeyId !== null) preview.leavings.push({ journeyId, state: entry.from });
    if (entry.to === 0) continue;
    preview.entries.push({
      journeyId,
      customerId: row.customerId,
      contact,
      state: entry.to,
      enteringKey: entry.enteringKey,
      happenedOn: entry.happenedAt,
      createdOn: entry.enteringCreatedOn,
      modifiedOn: entry.enteringModifiedOn,
      appointmentAhead: entry.appointmentAhead,
      backfill: entry.backfill,
    });
  }
  return preview;
}

function derivePlan(input: {
  records: RecordSet;
  rows: readonly StoredRow[];
  overrides: readonly JourneyOverride[];
  compared: ComparedSettings;
  now: Date;
}) {
  const { records, rows, overrides, compared, now } = input;
  const { settings, liveFrom } = compared;
  const journeys = deriveJourneys({ records, settings, now, overrides, rows });
  return { journeys, changes: planChanges({ journeys, rows, overrides, liveFrom, source: 'settings' }) };
}

/** The overrides that still hold, each with the root that its row has now. */
function remainingOverrides(
  stored: Pick<PreviewInput, 'rows' | 'overrides'>,
  settled: readonly StoredRow[],
  changes: readonly Change[],
): JourneyOverride[] {
  const lifted = new Set(changes.flatMap(({ liftedOverrideIds }) => liftedOverrideIds));
  const idOf = new Map(stored.rows.map((row) => [keyOf(row.root), row.id]));
  const rootOf = new Map(settled.map((row) => [row.id, row.root]));
  return stored.overrides
    .filter(({ id }) => !lifted.has(id))
    .map((override) => ({
      ...override,
      root: rootOf.get(idOf.get(keyOf(override.root)) ?? '') ?? override.root,
    }));
}

function contactOf({ customerId, root }: JourneyRow): Move['contact'] {
  if (customerId !== null) return { type: 'customer', id: customerId };
  return root.type === 'lead' || root.type === 'booking' ? { type: root.type, id: root.id } : null;
}
