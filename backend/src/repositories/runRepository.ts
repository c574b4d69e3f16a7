import { z } from 'zod';
import type { StateNumber } from '../schemas/state.ts';
import { call, rowsOf, type Database } from './database.ts';
import { afterCursor, encodeCursor } from './pageCursor.ts';
import { dbState, isoTime, isoTimeOrNull } from './rowFields.ts';

const runRow = z.object({
  id: z.uuid(),
  flow_id: z.uuid(),
  flow_name: z.string(),
  version_id: z.uuid(),
  version_number: z.number(),
  contact_id: z.uuid().nullable(),
  connection_id: z.uuid().nullable(),
  customer_name: z.string(),
  state: dbState,
  status: z.enum(['active', 'done', 'ended', 'parked']),
  ended_reason: z.string().nullable(),
  started_at: z.string(),
  ended_at: isoTimeOrNull,
  journey_id: z.uuid(),
  trigger_kind: z.string(),
  started_by: z.string().nullable(),
  published_version_id: z.uuid().nullable(),
});
export type RunRow = z.infer<typeof runRow>;

export interface RunFilter {
  flowId?: string | undefined;
  contactId?: string | undefined;
  status?: RunRow['status'] | undefined;
  state?: StateNumber | undefined;
  version?: number | undefined;
  /** Why it was parked or ended, word for word. */
  error?: string | undefined;
  /** A part of the customer's name. */
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** A page of runs, newest first. */
export async function listRuns(database: Database, workspaceId: string, filter: RunFilter) {
  let query = database.from('run_summaries').select('*').eq('workspace_id', workspaceId);
  if (filter.flowId) query = query.eq('flow_id', filter.flowId);
  if (filter.contactId) query = query.eq('contact_id', filter.contactId);
  if (filter.status) query = query.eq('status', filter.status);
  if (filter.state !== undefined) query = query.eq('state', filter.state);
  if (filter.version !== undefined) query = query.eq('version_number', filter.version);
  if (filter.error) query = query.eq('ended_reason', filter.error);
  if (filter.search) query = query.ilike('customer_name', `%${filter.search.replaceAll(/[\\%_]/g, '\\$&')}%`);
  if (filter.cursor) query = query.or(afterCursor(filter.cursor, 'started_at'));
  const ordered = query.order('started_at', { ascending: false }).order('id', { ascending: false });
  const rows = await rowsOf(ordered.limit(filter.limit + 1), z.array(runRow));
  const page = rows.slice(0, filter.limit);
  const last = rows.length > filter.limit ? page.at(-1) : undefined;
  return { rows: page, nextCursor: last ? encodeCursor(last.started_at, last.id) : null };
}

/** For what the parked runs of a filter wait, the most frequent first. */
export async function countRunErrors(
  database: Database,
  workspaceId: string,
  { filter, limit }: { filter: Omit<RunFilter, 'status' | 'error' | 'cursor' | 'limit'>; limit: number },
): Promise<{ error: string; count: number }[]> {
  const parameters = { p_workspace: workspaceId, p_filter: filter, p_limit: limit };
  return call(database, 'count_run_errors', parameters, z.array(runError));
}

const runError = z.object({ error: z.string(), count: z.number() });

export async function findRun(
  database: Database,
  workspaceId: string,
  runId: string,
): Promise<RunRow | null> {
  const query = database.from('run_summaries').select('*').eq('workspace_id', workspaceId).eq('id', runId);
  const [row] = await rowsOf(query, z.array(runRow));
  return row ?? null;
}

const stepRow = z.object({
  id: z.uuid(),
  node_id: z.string(),
  visit: z.number(),
  status: z.enum(['pending', 'done', 'skipped', 'failed', 'canceled']),
  due_at: isoTimeOrNull,
  entered_at: isoTime,
  started_at: isoTimeOrNull,
  finished_at: isoTimeOrNull,
  attempts: z.number(),
  tries: z.array(z.object({ at: isoTime, error: z.string() })),
  outcome: z.string().nullable(),
  input: z.unknown(),
  output: z.unknown(),
  error: z.string().nullable(),
});
export type StepRow = z.infer<typeof stepRow>;

/** A run's steps in the order of its way. */
export async function listSteps(database: Database, workspaceId: string, runId: string): Promise<StepRow[]> {
  const columns = Object.keys(stepRow.shape).join(', ');
  const query = database
    .from('flow_steps')
    .select(columns)
    .eq('workspace_id', workspaceId)
    .eq('run_id', runId)
    .order('number');
  return rowsOf(query, z.array(stepRow));
}
