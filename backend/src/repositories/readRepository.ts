import { z } from 'zod';
import { readPaths, syncResources, type ReadPath, type SyncResource } from '../services/readOrder.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { isoTimeOrNull } from './rowFields.ts';

/** One way of reading one resource of a connection. */
export interface ReadKey {
  connectionId: string;
  resource: SyncResource;
  path: ReadPath;
}

const counts = z.object({ new: z.number(), changed: z.number(), skipped: z.number() });

const cursor = z.object({
  cursor: z.string().nullable(),
  lastModifiedOn: z.string().nullable(),
  failures: z.number(),
  completedAt: z.string().nullable(),
  pagesRead: z.number(),
});

const begun = z.discriminatedUnion('status', [
  z.object({ status: z.literal(['busy', 'paused', 'not_due']) }),
  z.object({
    status: z.literal('granted'),
    connection: z.object({
      id: z.uuid(),
      workspaceId: z.uuid(),
      createdAt: z.string(),
      backfillFrom: isoTimeOrNull,
    }),
    credentialsUpdatedAt: isoTimeOrNull,
    cursor,
    expectedRecords: z.number().nullable(),
    hasBookingsToMend: z.boolean(),
  }),
]);
export type GrantedRead = Extract<z.infer<typeof begun>, { status: 'granted' }>;

/** A lease of one way of reading; leases count in system time. */
export interface ReadLease extends ReadKey {
  holder: string;
  seconds: number;
}

/** How much a read is wanted: when it is due, also before (but not while it backs off), or whatever it is. */
type Force = 'no' | 'early' | 'always';

export async function beginRead(
  database: Database,
  read: ReadLease & { force: Force; now: Date; systemNow: Date },
) {
  const parameters = {
    ...keyOf(read),
    p_holder: read.holder,
    p_lease_seconds: read.seconds,
    p_force: read.force,
    p_now: read.now.toISOString(),
    p_system_now: read.systemNow.toISOString(),
  };
  return call(database, 'begin_read', parameters, begun);
}

/** Records of one read, at most 2,000, with the place that is reached once they are stored. */
export interface ReadBatch {
  records: readonly unknown[];
  rejected: readonly { id: number | null; issues: string[]; data: unknown }[];
  keepsActive: boolean;
  /** Null while there is more of the last page to store. */
  cursor: string | null;
  /** The newest change of a whole list, once it is complete. */
  readUpTo: string | null;
  pages: number;
  milliseconds: number;
  /** The place of the batch before was refused: the pass begins anew with this one. */
  isRestart: boolean;
}

const ingested = z.union([counts, z.object({ stopped: z.enum(['lost', 'canceled', 'paused']) })]);

interface Times {
  now: Date;
  systemNow: Date;
}

/** Stores a batch and moves the cursor with it, in one transaction; tells when the read must stop instead. */
export async function ingestRecords(
  database: Database,
  lease: ReadLease,
  store: Times & { batch: ReadBatch; source: string },
) {
  const parameters = {
    ...keyOf(lease),
    p_holder: lease.holder,
    p_lease_seconds: lease.seconds,
    p_batch: store.batch,
    p_source: store.source,
    p_now: store.now.toISOString(),
    p_system_now: store.systemNow.toISOString(),
  };
  return call(database, 'ingest_records', parameters, ingested);
}

/** Whether the lease was still there to be renewed. */
export async function renewRead(database: Database, lease: ReadLease, systemNow: Date): Promise<boolean> {
  const parameters = {
    ...keyOf(lease),
    p_holder: lease.holder,
    p_lease_seconds: lease.seconds,
    p_system_now: systemNow.toISOString(),
  };
  return call(database, 'renew_read', parameters, z.boolean());
}

/** What became of a read, as the database keeps it. */
export interface ReadEnd {
  status: 'complete' | 'partial' | 'canceled' | 'paused' | 'failed' | 'lacking';
  counts: { read: number; new: number; changed: number; skipped: number; failed: number };
  pages: number;
  error: string | null;
  kind: string | null;
  retrySeconds: number;
  /** What is to be said on the connection. */
  problem: string | null;
  lacks: readonly { text: string; scope: string }[];
  /** When it is read again, if all goes well. */
  seconds: number;
  isFastPath: boolean;
}

const ended = z.object({
  status: z.enum(['complete', 'partial', 'canceled', 'paused', 'failed', 'lacking', 'lost']),
  counts: z.object({
    read: z.number(),
    new: z.number(),
    changed: z.number(),
    skipped: z.number(),
    failed: z.number(),
  }),
});

/** Gives a read's lease back, after the last batch, if there is one, was stored. */
export async function endRead(
  database: Database,
  lease: ReadLease,
  read: Times & { outcome: ReadEnd; batch: ReadBatch | null; source: string },
) {
  const parameters = {
    ...keyOf(lease),
    p_holder: lease.holder,
    p_outcome: read.outcome,
    p_batch: read.batch,
    p_source: read.source,
    p_now: read.now.toISOString(),
    p_system_now: read.systemNow.toISOString(),
  };
  return call(database, 'end_read', parameters, ended);
}

const dueConnections = z.array(
  z.object({
    id: z.uuid(),
    name: z.string(),
    hasDerivationError: z.boolean(),
    reads: z.array(
      z.object({ resource: z.enum(syncResources), path: z.enum(readPaths), isBackfill: z.boolean() }),
    ),
  }),
);

/** The connections that are not paused, all or one, with which of these reads are due. */
export async function findDueReads(
  database: Database,
  look: Times & {
    connectionId: string | null;
    reads: readonly { resource: string; path: string }[];
  },
) {
  const parameters = {
    p_connection: look.connectionId,
    p_reads: look.reads,
    p_now: look.now.toISOString(),
    p_system_now: look.systemNow.toISOString(),
  };
  return call(database, 'due_reads', parameters, dueConnections);
}

const missing = z.object({
  active: z.number(),
  missing: z.array(z.object({ id: z.number(), customerId: z.number().nullable() })),
});

/** What the full pass under this lease did not see; one more than may vanish at once, at the most. */
export async function findMissing(database: Database, lease: ReadLease) {
  const parameters = {
    p_connection: lease.connectionId,
    p_resource: lease.resource,
    p_holder: lease.holder,
  };
  return call(database, 'missing_records', parameters, missing);
}

export async function markDeleted(
  database: Database,
  lease: ReadLease,
  { ids, now }: { ids: readonly number[]; now: Date },
): Promise<number> {
  const parameters = {
    p_connection: lease.connectionId,
    p_resource: lease.resource,
    p_holder: lease.holder,
    p_ids: ids,
    p_now: now.toISOString(),
  };
  return call(database, 'mark_deleted', parameters, z.number());
}

/** Remembers why the journeys of a connection could not be derived; null: they can. */
export async function noteDerivation(
  database: Database,
  connectionId: string,
  { error, now }: { error: string | null; now: Date },
): Promise<void> {
  const parameters = { p_connection: connectionId, p_error: error, p_now: now.toISOString() };
  await done(database.rpc('note_derivation', parameters));
}

/** Whether it is remembered that the journeys of a connection could not be derived. */
export async function hasDerivationError(database: Database, connectionId: string): Promise<boolean> {
  const rows = await rowsOf(
    database
      .from('integration_connections')
      .select('id')
      .eq('id', connectionId)
      .not('derivation_error', 'is', null),
    z.array(z.object({ id: z.string() })),
  );
  return rows.length > 0;
}

/** How many records a tenant said it has, for the progress of a backfill. */
export async function saveExpectedRecords(
  database: Database,
  expected: { connectionId: string; workspaceId: string; resource: SyncResource; records: number },
): Promise<void> {
  await done(
    database.from('sync_resources').upsert(
      {
        connection_id: expected.connectionId,
        workspace_id: expected.workspaceId,
        resource: expected.resource,
        expected_records: expected.records,
      },
      { onConflict: 'connection_id,resource' },
    ),
  );
}

function keyOf({ connectionId, resource, path }: ReadKey) {
  return { p_connection: connectionId, p_resource: resource, p_path: path };
}
