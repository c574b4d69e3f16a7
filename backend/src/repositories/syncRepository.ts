import { z } from 'zod';
import { call, done, rowsOf, type Database } from './database.ts';
import { dbTimeOrNull, isoTime, isoTimeOrNull } from './rowFields.ts';

const syncRunRow = z.object({
  id: z.uuid(),
  connection_id: z.uuid(),
  source: z.string(),
  status: z.enum(['running', 'succeeded', 'failed', 'abandoned', 'canceled', 'partial']),
  resource: z.string().nullable(),
  path: z.string().nullable(),
  pages: z.number(),
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

const nextDue = z.object({ step: dbTimeOrNull, reset: dbTimeOrNull });

/** The next moments after one at which the clock alone gives something to do: a due step, a journey's reset. */
export async function findNextDue(database: Database, after: Date) {
  return call(database, 'next_due_at', { p_after: after.toISOString() }, nextDue);
}

/** When any connection was last read, by the product's clock. */
export async function findLastSync(database: Database): Promise<Date | null> {
  const rows = await rowsOf(
    database
      .from('sync_cursors')
      .select('last_read_at')
      .not('last_read_at', 'is', null)
      .order('last_read_at', { ascending: false })
      .limit(1),
    z.array(z.object({ last_read_at: z.string() })),
  );
  return rows[0] ? new Date(rows[0].last_read_at) : null;
}
