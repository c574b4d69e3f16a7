import { z } from 'zod';
import { call, type Database } from './database.ts';

const overviewRow = z.object({
  id: z.uuid(),
  name: z.string(),
  environment: z.enum(['production', 'integration', 'sandbox']),
  tenant_id: z.number(),
  time_zone: z.string(),
  status: z.enum(['connected', 'paused', 'error']),
  status_reason: z.string().nullable(),
  live_from: z.string(),
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

const resourcesRow = z.object({
  resources: z.array(
    z.object({
      resource: z.string(),
      last_read_at: z.string().nullable(),
      last_modified_on: z.string().nullable(),
      failures: z.number(),
      last_error: z.string().nullable(),
      records: z.number(),
    }),
  ),
  jobTypes: z.array(
    z.object({
      id: z.number(),
      name: z.string(),
      kind: z.enum(['sales', 'install', 'other']).nullable(),
      jobs: z.number(),
    }),
  ),
});

/** How far each resource was read, and the job types: unclassified ones first. */
export async function readConnectionResources(database: Database, connectionId: string) {
  return call(database, 'connection_resources', { p_connection: connectionId }, resourcesRow);
}
