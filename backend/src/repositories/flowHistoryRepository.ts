import { z } from 'zod';
import { draftGraph } from '../schemas/flow.ts';
import { checkpointReasons } from '../schemas/flowApi.ts';
import { call, rowsOf, type Database } from './database.ts';
import { isoTime } from './rowFields.ts';

const versionSummary = z.object({
  id: z.uuid(),
  number: z.number(),
  author: z.string(),
  note: z.string(),
  publishedAt: isoTime,
  isPublished: z.boolean(),
  activeRuns: z.number(),
});

/** A flow's versions, the newest first, with the people on each. */
export async function listVersions(database: Database, workspaceId: string, flowId: string) {
  const parameters = { p_workspace: workspaceId, p_flow: flowId };
  return call(database, 'list_flow_versions', parameters, z.array(versionSummary));
}

const checkpointRow = z.object({
  id: z.uuid(),
  author: z.string(),
  saved_at: isoTime,
  reason: z.enum(checkpointReasons),
  nodes: z.number(),
});
export type CheckpointRow = z.infer<typeof checkpointRow>;

/** A flow's checkpoints, the newest first, without what they keep. */
export async function listCheckpoints(
  database: Database,
  { workspaceId, flowId }: { workspaceId: string; flowId: string },
): Promise<CheckpointRow[]> {
  const query = database
    .from('flow_checkpoints')
    .select('id, author, saved_at, reason, nodes')
    .eq('workspace_id', workspaceId)
    .eq('flow_id', flowId)
    .order('number', { ascending: false });
  return rowsOf(query, z.array(checkpointRow));
}

const keptDraft = checkpointRow.extend({ graph: draftGraph });

/** One of a flow's checkpoints with what it keeps; null: the flow has no such, or not any more. */
export async function findCheckpoint(
  database: Database,
  wanted: { workspaceId: string; flowId: string; checkpointId: string },
): Promise<z.infer<typeof keptDraft> | null> {
  const query = database
    .from('flow_checkpoints')
    .select('id, author, saved_at, reason, nodes, graph')
    .eq('workspace_id', wanted.workspaceId)
    .eq('flow_id', wanted.flowId)
    .eq('id', wanted.checkpointId);
  const [row] = await rowsOf(query, z.array(keptDraft));
  return row ?? null;
}

const inFlight = z.object({ versionId: z.uuid(), nodeId: z.string(), count: z.number() });
export type InFlight = z.infer<typeof inFlight>;

/** People under way, by their version and the node that they are at. */
export async function countInFlight(database: Database, flowId: string): Promise<InFlight[]> {
  return call(database, 'count_in_flight', { p_flow: flowId }, z.array(inFlight));
}
