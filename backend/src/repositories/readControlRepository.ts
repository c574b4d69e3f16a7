import { z } from 'zod';
import type { SyncResource } from '../services/readOrder.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { isoTime } from './rowFields.ts';

interface ResourceOf {
  connectionId: string;
  workspaceId: string;
  resource: SyncResource;
}

/** Pauses a resource, or, with nobody, resumes it. A read that is under way finds out with its next batch. */
export async function settlePause(
  database: Database,
  of: Omit<ResourceOf, 'workspaceId'> & { by: string | null; now: Date },
): Promise<void> {
  await done(
    database.rpc('settle_pause', {
      p_connection: of.connectionId,
      p_resource: of.resource,
      p_by: of.by,
      p_now: of.now.toISOString(),
    }),
  );
}

export async function setPollSeconds(
  database: Database,
  of: ResourceOf & { pollSeconds: number | null },
): Promise<void> {
  await done(
    database.from('sync_resources').upsert(
      {
        connection_id: of.connectionId,
        workspace_id: of.workspaceId,
        resource: of.resource,
        poll_seconds: of.pollSeconds,
      },
      { onConflict: 'connection_id,resource' },
    ),
  );
}

/** Asks the reads of a resource that are under way to stop with their next batch; answers how many there are. */
export async function cancelReads(
  database: Database,
  { connectionId, resource, systemNow }: ResourceOf & { systemNow: Date },
): Promise<number> {
  const rows = await rowsOf(
    database
      .from('sync_cursors')
      .update({ is_cancel_requested: true })
      .eq('connection_id', connectionId)
      .eq('resource', resource)
      .gt('leased_until', systemNow.toISOString())
      .select('path'),
    z.array(z.object({ path: z.string() })),
  );
  return rows.length;
}

/** Lets everything that states hang on be read anew from a date, or from the beginning. */
export async function restartBackfill(
  database: Database,
  restart: { connectionId: string; from: Date | null; actor: string; now: Date },
): Promise<void> {
  await done(
    database.rpc('restart_backfill', {
      p_connection: restart.connectionId,
      p_from: restart.from?.toISOString() ?? null,
      p_actor: restart.actor,
      p_now: restart.now.toISOString(),
    }),
  );
}

const rejectedRow = z.object({
  resource: z.string(),
  record_id: z.number(),
  issues: z.array(z.string()),
  read_at: isoTime,
  data: z.unknown(),
});
export type RejectedRow = z.infer<typeof rejectedRow>;

/** Records that were set aside, newest first. */
export async function listRejected(
  database: Database,
  list: { connectionId: string; resource: string | null; offset: number; limit: number },
): Promise<RejectedRow[]> {
  const query = database
    .from('rejected_records')
    .select('resource, record_id, issues, read_at, data')
    .eq('connection_id', list.connectionId);
  const narrowed = list.resource === null ? query : query.eq('resource', list.resource);
  return rowsOf(
    narrowed
      .order('read_at', { ascending: false })
      .order('resource')
      .order('record_id')
      .range(list.offset, list.offset + list.limit - 1),
    z.array(rejectedRow),
  );
}

interface RecordOf {
  connectionId: string;
  resource: SyncResource;
  recordId: number;
}

export async function findRejected(database: Database, of: RecordOf): Promise<RejectedRow | null> {
  const rows = await rowsOf(
    database
      .from('rejected_records')
      .select('resource, record_id, issues, read_at, data')
      .eq('connection_id', of.connectionId)
      .eq('resource', of.resource)
      .eq('record_id', of.recordId),
    z.array(rejectedRow),
  );
  return rows[0] ?? null;
}

export async function forgetRejected(database: Database, of: RecordOf): Promise<void> {
  await done(
    database
      .from('rejected_records')
      .delete()
      .eq('connection_id', of.connectionId)
      .eq('resource', of.resource)
      .eq('record_id', of.recordId),
  );
}

const stored = z.object({ new: z.number(), changed: z.number(), rejected: z.number() });

/** Stores records outside a read, as a read would. */
export async function storeRecords(
  database: Database,
  store: ResourceOf & {
    records: readonly unknown[];
    rejected: readonly unknown[];
    keepsActive: boolean;
    now: Date;
  },
) {
  return call(
    database,
    'store_records',
    {
      p_connection: store.connectionId,
      p_workspace: store.workspaceId,
      p_resource: store.resource,
      p_records: store.records,
      p_keeps_active: store.keepsActive,
      p_rejected: store.rejected,
      p_run: null,
      p_page: null,
      p_read_at: store.now.toISOString(),
      p_source: 'poll',
    },
    stored,
  );
}
