import { z } from 'zod';
import { call, type Database } from './database.ts';
import { isoTimeOrNull } from './rowFields.ts';

const overviewRow = z.object({
  id: z.uuid(),
  name: z.string(),
  environment: z.enum(['production', 'integration', 'sandbox']),
  tenant_id: z.number(),
  time_zone: z.string(),
  status: z.enum(['connected', 'paused', 'error']),
  status_reason: z.string().nullable(),
  live_from: z.string(),
  backfill_from: isoTimeOrNull,
  last_sync_at: z.string().nullable(),
  syncing: z.boolean(),
  customers: z.number(),
});
export type OverviewRow = z.infer<typeof overviewRow>;

/** The connections of a workspace by name. */
export async function readConnectionOverview(
  database: Database,
  workspaceId: string,
): Promise<OverviewRow[]> {
  return call(database, 'connection_overview', { p_workspace: workspaceId }, z.array(overviewRow));
}

const cursorRow = z.object({
  resource: z.string(),
  path: z.enum(['list', 'feed', 'full']),
  last_modified_on: z.string().nullable(),
  failures: z.number(),
  last_error: z.string().nullable(),
  last_read_at: isoTimeOrNull,
  next_read_at: isoTimeOrNull,
  completed_at: isoTimeOrNull,
  records_read: z.number(),
  milliseconds: z.number(),
  leased_until: z.string().nullable(),
});
export type CursorRow = z.infer<typeof cursorRow>;

const connectionReads = z.object({
  cursors: z.array(cursorRow),
  settings: z.array(
    z.object({
      resource: z.string(),
      poll_seconds: z.number().nullable(),
      paused_at: isoTimeOrNull,
      paused_by: z.string().nullable(),
      expected_records: z.number().nullable(),
    }),
  ),
  records: z.record(z.string(), z.number()),
  rejected: z.record(z.string(), z.number()),
});
export type ConnectionReadsRow = z.infer<typeof connectionReads>;

/** How each resource of a connection is read, and what is here of it. */
export async function readConnectionReads(database: Database, connectionId: string) {
  return call(database, 'connection_reads', { p_connection: connectionId }, connectionReads);
}
