import { z } from 'zod';
import { stateNumber, transitionSource } from '../schemas/state.ts';
import { journeyRow, type StoredRow } from '../state/journeyRow.ts';
import { mirroredRecords, type MirroredCustomerContact } from '../state/mirroredRecords.ts';
import type { JourneyOverride } from '../state/overrides.ts';
import type { RecordSet } from '../state/records.ts';
import { journeySettings } from '../state/settings.ts';
import { timestampOf } from '../state/timestamps.ts';
import { call, rowsOf, type Database } from './database.ts';

/** A closed set of mirrored records, with the rows of the journeys that it makes and their overrides. */
export interface Derivation {
  records: RecordSet & { customerContacts: readonly MirroredCustomerContact[] };
  rows: StoredRow[];
  overrides: JourneyOverride[];
}

const storedRow = z.object({ id: z.string(), version: z.number(), derived: journeyRow });
const storedOverride = z.object({
  id: z.string(),
  journeyId: z.string(),
  state: stateNumber,
  setOn: z.string(),
  ruleStateThen: stateNumber,
});

/** What load_closure answers. */
export const closure = z
  .object({ records: mirroredRecords, rows: z.array(storedRow), overrides: z.array(storedOverride) })
  .transform(({ records, rows, overrides }): Derivation => {
    const { canceled_logs: canceledLogs, customer_contacts: customerContacts, ...others } = records;
    const rootOf = new Map(rows.map(({ id, derived }) => [id, derived.root]));
    return {
      records: { ...others, canceledLogs, customerContacts },
      rows: rows.map(({ id, version, derived }) => ({ ...derived, id, version })),
      overrides: overrides.flatMap(({ id, journeyId, state, setOn: setAt, ruleStateThen }) => {
        const root = rootOf.get(journeyId);
        return root ? [{ id, root, state, setAt, ruleStateThen, liftedAt: null }] : [];
      }),
    };
  });

/** What load_settings answers. */
export const settings = z
  .object({
    liveFrom: z.string(),
    connection: z.looseObject({}),
    completedResetDays: z.number(),
    staleResetDays: z.number(),
    mayStartFlows: z.boolean(),
    /** Whether some flow starts when a lead is received. */
    wantsLeads: z.boolean(),
    kinds: z.array(z.tuple([z.enum(['job_type', 'business_unit', 'tag']), z.number(), z.string()])),
  })
  .transform(({ liveFrom, connection, kinds, mayStartFlows, wantsLeads, ...resetDays }) => {
    const kindsOf = (subject: (typeof kinds)[number][0]) =>
      Object.fromEntries(kinds.flatMap(([of, id, kind]) => (of === subject ? [[String(id), kind]] : [])));
    const journeys = journeySettings.parse({
      ...connection,
      ...resetDays,
      jobTypes: kindsOf('job_type'),
      businessUnits: kindsOf('business_unit'),
      tags: kindsOf('tag'),
    });
    return { liveFrom: timestampOf(new Date(liveFrom)), mayStartFlows, wantsLeads, journeys };
  });

/** What the derivation of a connection hangs on beside its records. */
export async function loadSettings(database: Database, connectionId: string) {
  return call(database, 'load_settings', { p_connection: connectionId }, settings);
}

const position = z.object({ phase: z.number(), recordId: z.number() });
export type WalkPosition = z.infer<typeof position>;

const walk = z.object({
  source: z.enum(['backfill', 'settings', 'all']),
  ...position.shape,
  /** Where the next chunk begins; null: this was the last. */
  next: position.nullable(),
  left: z.array(z.number()).nullable(),
});

const loadedDerivation = z.object({
  rule: z.enum(['people', 'backfill', 'records', 'settings', 'all']),
  source: transitionSource,
  /** The number of derivations that had been applied. */
  derivation: z.number(),
  settings,
  closure,
  queueIds: z.array(z.number()),
  postponedIds: z.array(z.number()).default([]),
  /** Roots of which reads have brought news that this derivation must not tell. */
  pending: z.array(z.string()).default([]),
  /** Up to where the queue was looked through. */
  after: z.number().nullable().default(null),
  walk: walk.nullable().default(null),
  /** What people and the clock did is waiting. */
  isUrgent: z.boolean().default(false),
});
export type LoadedDerivation = z.infer<typeof loadedDerivation>;

/** What is to be derived next, with all that it is derived from; null when nothing is. */
export async function loadDerivation(
  database: Database,
  connectionId: string,
  options: {
    limit: number;
    now: Date;
    onlyPeople: boolean;
    /** The first of several loads: what the clock has made due is queued with it. */
    isFirst: boolean;
    /** How far the queue was looked through already: what stands before has to wait. */
    after: { records: number; settings: number };
  },
): Promise<LoadedDerivation | null> {
  const parameters = {
    p_connection: connectionId,
    p_limit: options.limit,
    p_now: options.now.toISOString(),
    p_only_people: options.onlyPeople,
    p_after_records: options.after.records,
    p_after_settings: options.after.settings,
    p_is_first: options.isFirst,
  };
  return call(database, 'load_derivation', parameters, loadedDerivation.nullable());
}

/** A part of all that a connection's journeys are derived from: the one that begins at a position. */
export async function loadChunk(
  database: Database,
  connectionId: string,
  chunk: { rule: 'backfill' | 'settings' | 'all'; position: WalkPosition; limit: number },
): Promise<LoadedDerivation> {
  const parameters = {
    p_connection: connectionId,
    p_rule: chunk.rule,
    p_phase: chunk.position.phase,
    p_record_id: chunk.position.recordId,
    p_limit: chunk.limit,
  };
  return call(database, 'load_chunk', parameters, loadedDerivation);
}

const applied = z.object({
  rows: z.number(),
  transitions: z.number(),
  runsStarted: z.number(),
  runsEnded: z.number(),
  derivation: z.number(),
});
export type AppliedCounts = z.infer<typeof applied>;

/** Writes derived journeys; throws an AppError of code conflict when one has moved since it was read. */
export async function applyJourneys(
  database: Database,
  batch: {
    /** The number of the derivation that the changes were computed from. */
    derivation: number;
    connectionId: string;
    contacts: unknown[];
    changes: unknown[];
    /** Leads with the roots of their journeys, for flows that start when one is received. */
    leads: unknown[];
    /** Journeys about whose customers something was read. */
    touched: string[];
    queueIds: number[];
    postponedIds?: number[];
    walk?: LoadedDerivation['walk'];
    now: Date;
  },
): Promise<AppliedCounts> {
  return call(
    database,
    'apply_journeys',
    {
      p_connection: batch.connectionId,
      p_derivation: batch.derivation,
      p_contacts: batch.contacts,
      p_changes: batch.changes,
      p_leads: batch.leads,
      p_touched: batch.touched,
      p_queue_ids: batch.queueIds,
      p_postponed_ids: batch.postponedIds ?? [],
      p_walk: batch.walk ?? null,
      p_now: batch.now.toISOString(),
    },
    applied,
  );
}

/** Whether all journeys of a connection are being derived: its history, or with changed settings. */
export async function isWalked(database: Database, connectionId: string): Promise<boolean> {
  const rows = await rowsOf(
    database.from('derivation_walks').select('source').eq('connection_id', connectionId),
    z.array(z.object({ source: z.string() })),
  );
  return rows.length > 0;
}
