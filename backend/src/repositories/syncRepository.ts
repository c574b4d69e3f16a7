import { z } from 'zod';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { dbTimeOrNull, isoTime, isoTimeOrNull } from './rowFields.ts';

const cursorRow = z.object({
  resource: z.string(),
  cursor: z.string().nullable(),
  last_modified_on: z.string().nullable(),
  failures: z.number(),
  last_error: z.string().nullable(),
  last_read_at: z.string().nullable(),
});
export type CursorRow = z.infer<typeof cursorRow>;

export async function listCursors(database: Database, connectionId: string): Promise<CursorRow[]> {
  return rowsOf(
    database.from('sync_cursors').select('*').eq('connection_id', connectionId),
    z.array(cursorRow),
  );
}

const ingestCounts = z.object({
  new: z.number(),
  changed: z.number(),
  skipped: z.number(),
  queued: z.number(),
});

export interface IngestPage {
  connectionId: string;
  resource: Resource;
  syncRunId: string;
  records: readonly unknown[];
  rejected: readonly { id: number | null; issues: string[] }[];
  cursor: string | null;
  readAt: Date;
  source: 'poll' | 'webhook';
}

/** Stores a page and moves the cursor with it, in one transaction. */
export async function ingestPage(database: Database, page: IngestPage) {
  return call(
    database,
    'ingest_records',
    {
      p_connection: page.connectionId,
      p_resource: page.resource,
      p_run: page.syncRunId,
      p_records: page.records,
      p_rejected: page.rejected,
      p_cursor: page.cursor,
      p_read_at: page.readAt.toISOString(),
      p_source: page.source,
    },
    ingestCounts,
  );
}

/** Opt-outs are read too, though they are no part of the mirror. */
type ReadResource = Resource | 'suppressions';

export async function noteReadFailure(
  database: Database,
  failure: { connectionId: string; resource: ReadResource; message: string; readAt: Date },
): Promise<void> {
  await done(
    database.rpc('note_read_failure', {
      p_connection: failure.connectionId,
      p_resource: failure.resource,
      p_error: failure.message,
      p_read_at: failure.readAt.toISOString(),
    }),
  );
}

/** Remembers reads that brought nothing, all in one. */
export async function noteIdleReads(
  database: Database,
  reads: { connectionId: string; resources: ReadResource[]; readAt: Date },
): Promise<void> {
  await done(
    database.rpc('note_idle_reads', {
      p_connection: reads.connectionId,
      p_resources: reads.resources,
      p_read_at: reads.readAt.toISOString(),
    }),
  );
}

export async function startSyncRun(
  database: Database,
  run: { workspaceId: string; connectionId: string; source: string; startedAt: Date },
): Promise<string> {
  // The lease says that nobody else is syncing: what still counts as running died.
  await done(
    database
      .from('sync_runs')
      .update({ status: 'abandoned', finished_at: run.startedAt.toISOString() })
      .eq('connection_id', run.connectionId)
      .eq('status', 'running'),
  );
  const row = await rowsOf(
    database
      .from('sync_runs')
      .insert({
        workspace_id: run.workspaceId,
        connection_id: run.connectionId,
        source: run.source,
        started_at: run.startedAt.toISOString(),
      })
      .select('id')
      .single(),
    z.object({ id: z.uuid() }),
  );
  return row.id;
}

export async function finishSyncRun(
  database: Database,
  run: {
    id: string;
    status: 'succeeded' | 'failed';
    counts: unknown;
    error: string | null;
    finishedAt: Date;
  },
): Promise<void> {
  await done(
    database
      .from('sync_runs')
      .update({
        status: run.status,
        counts: run.counts,
        error: run.error,
        finished_at: run.finishedAt.toISOString(),
      })
      .eq('id', run.id),
  );
}

const syncRunRow = z.object({
  id: z.uuid(),
  connection_id: z.uuid(),
  source: z.string(),
  status: z.enum(['running', 'succeeded', 'failed', 'abandoned']),
  counts: z.record(
    z.string(),
    z.object({
      read: z.number(),
      new: z.number(),
      changed: z.number(),
      skipped: z.number(),
      failed: z.number(),
    }),
  ),
  error: z.string().nullable(),
  started_at: isoTime,
  finished_at: isoTimeOrNull,
});

export async function listSyncRuns(database: Database, connectionId: string, limit: number) {
  return rowsOf(
    database
      .from('sync_runs')
      .select('*')
      .eq('connection_id', connectionId)
      .order('started_at', { ascending: false })
      .limit(limit),
    z.array(syncRunRow),
  );
}

export async function deleteSyncRunsBefore(database: Database, at: Date): Promise<void> {
  await done(database.from('sync_runs').delete().lt('started_at', at.toISOString()));
}

const applied = z.object({
  rows: z.number(),
  transitions: z.number(),
  runsStarted: z.number(),
  runsEnded: z.number(),
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
    queueIds: number[];
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
      p_queue_ids: batch.queueIds,
      p_now: batch.now.toISOString(),
    },
    applied,
  );
}

/** The next queued records with all that they are linked to; null when nothing is queued. */
export async function loadDerivation(
  database: Database,
  connectionId: string,
  options: { limit: number; includeRecords: boolean },
): Promise<unknown> {
  return call(
    database,
    'load_derivation',
    { p_connection: connectionId, p_limit: options.limit, p_include_records: options.includeRecords },
    z.unknown(),
  );
}

export async function enqueueDueJourneys(
  database: Database,
  connectionId: string,
  now: Date,
): Promise<number> {
  return call(
    database,
    'enqueue_due_journeys',
    { p_connection: connectionId, p_now: now.toISOString() },
    z.number(),
  );
}

/** Saves what job types mean and queues all journeys of the connection, in one transaction. */
export async function classifyJobTypes(
  database: Database,
  connectionId: string,
  kinds: { jobTypeId: number; kind: 'sales' | 'install' | 'other' }[],
  now: Date,
): Promise<number> {
  return call(
    database,
    'classify_job_types',
    { p_connection: connectionId, p_kinds: kinds, p_now: now.toISOString() },
    z.number(),
  );
}

const nextDue = z.object({ step: dbTimeOrNull, reset: dbTimeOrNull });

/** The next moments after one at which the clock alone gives something to do: a due step, a journey's reset. */
export async function findNextDue(database: Database, after: Date) {
  return call(database, 'next_due_at', { p_after: after.toISOString() }, nextDue);
}

/** When the last sync of any connection ended, by the product's clock. */
export async function findLastSync(database: Database): Promise<Date | null> {
  const rows = await rowsOf(
    database
      .from('sync_runs')
      .select('finished_at')
      .not('finished_at', 'is', null)
      .order('finished_at', { ascending: false })
      .limit(1),
    z.array(z.object({ finished_at: z.string() })),
  );
  return rows[0] ? new Date(rows[0].finished_at) : null;
}
