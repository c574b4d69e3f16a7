import { z } from 'zod';
import type { FlowSummary } from '../schemas/api.ts';
import { draftGraph, flowGraph, type DraftGraph, type FlowGraph } from '../schemas/flow.ts';
import type { StateNumber } from '../schemas/state.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { dbState, isoTime } from './rowFields.ts';

const flowSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: z.enum(['draft', 'live', 'paused', 'archived']),
  triggerState: dbState.nullable(),
  activeRuns: z.number(),
  sent: z.number(),
  failedRuns: z.number(),
  hasUnpublishedChanges: z.boolean(),
  updatedAt: isoTime,
});

/** The flows of a workspace, or one of them, with what they are doing. */
export async function listFlows(
  database: Database,
  workspaceId: string,
  flowId: string | null,
): Promise<FlowSummary[]> {
  return call(database, 'list_flows', { p_workspace: workspaceId, p_flow: flowId }, z.array(flowSummary));
}

const flowRow = z.object({
  draft: draftGraph,
  draft_revision: z.number(),
  published_version_id: z.uuid().nullable(),
});

/** A flow's draft and which version is published; null when the workspace has no such flow. */
export async function findFlow(database: Database, workspaceId: string, flowId: string) {
  const query = database
    .from('flows')
    .select('draft, draft_revision, published_version_id')
    .eq('workspace_id', workspaceId)
    .eq('id', flowId);
  const [row] = await rowsOf(query, z.array(flowRow));
  return row ?? null;
}

const versionRow = z.object({
  id: z.uuid(),
  number: z.number(),
  graph: flowGraph,
  author: z.string(),
  published_at: isoTime,
});

export async function findVersion(database: Database, workspaceId: string, versionId: string) {
  const query = database
    .from('flow_versions')
    .select('id, number, graph, author, published_at')
    .eq('workspace_id', workspaceId)
    .eq('id', versionId);
  const [row] = await rowsOf(query, z.array(versionRow));
  return row ?? null;
}

/** Active runs by the node that they wait at. */
export async function countWaiting(database: Database, flowId: string): Promise<Record<string, number>> {
  return call(database, 'count_waiting', { p_flow: flowId }, z.record(z.string(), z.number()));
}

/** What marketing e-mails must show; empty when the workspace has not said it. */
export async function findPostalAddress(database: Database, workspaceId: string): Promise<string> {
  const query = database.from('workspaces').select('postal_address').eq('id', workspaceId);
  const [row] = await rowsOf(query, z.array(z.object({ postal_address: z.string() })));
  return row?.postal_address ?? '';
}

export async function insertFlow(
  database: Database,
  flow: { workspaceId: string; name: string; draft: DraftGraph; now: Date },
): Promise<string> {
  const at = flow.now.toISOString();
  const row = {
    workspace_id: flow.workspaceId,
    name: flow.name,
    draft: flow.draft,
    created_at: at,
    updated_at: at,
  };
  const inserted = await rowsOf(
    database.from('flows').insert(row).select('id').single(),
    z.object({ id: z.uuid() }),
  );
  await noteFlow(database, { workspaceId: flow.workspaceId, flowId: inserted.id, now: flow.now });
  return inserted.id;
}

/** Replaces the draft if it still has the revision; answers the new one, or null. */
export async function updateDraft(
  database: Database,
  change: {
    workspaceId: string;
    flowId: string;
    revision: number;
    graph: DraftGraph;
    name: string | undefined;
    now: Date;
  },
): Promise<number | null> {
  const query = database
    .from('flows')
    .update({
      draft: change.graph,
      draft_revision: change.revision + 1,
      updated_at: change.now.toISOString(),
      ...(change.name === undefined ? {} : { name: change.name }),
    })
    .eq('workspace_id', change.workspaceId)
    .eq('id', change.flowId)
    .eq('draft_revision', change.revision)
    .select('draft_revision');
  const [row] = await rowsOf(query, z.array(z.object({ draft_revision: z.number() })));
  if (!row) return null;
  await noteFlow(database, change);
  return row.draft_revision;
}

async function noteFlow(
  database: Database,
  note: { workspaceId: string; flowId: string; now: Date },
): Promise<void> {
  const event = {
    workspace_id: note.workspaceId,
    type: 'flow',
    payload: { flowId: note.flowId },
    at: note.now.toISOString(),
  };
  await done(database.from('change_events').insert(event));
}

/** Makes the draft of this revision the next version and sets the flow live; null when it was saved again meanwhile. */
export async function publishFlow(
  database: Database,
  publication: {
    workspaceId: string;
    flowId: string;
    revision: number;
    graph: FlowGraph;
    triggerState: StateNumber;
    author: string;
    now: Date;
  },
): Promise<number | null> {
  const parameters = {
    p_workspace: publication.workspaceId,
    p_flow: publication.flowId,
    p_draft_revision: publication.revision,
    p_graph: publication.graph,
    p_trigger_state: publication.triggerState,
    p_author: publication.author,
    p_now: publication.now.toISOString(),
  };
  return call(database, 'publish_flow', parameters, z.number().nullable());
}

export async function setFlowStatus(
  database: Database,
  change: { workspaceId: string; flowId: string; status: 'live' | 'paused'; actor: string; now: Date },
): Promise<'changed' | 'unchanged' | 'unpublished' | 'not_found'> {
  const parameters = {
    p_workspace: change.workspaceId,
    p_flow: change.flowId,
    p_status: change.status,
    p_actor: change.actor,
    p_now: change.now.toISOString(),
  };
  return call(
    database,
    'set_flow_status',
    parameters,
    z.enum(['changed', 'unchanged', 'unpublished', 'not_found']),
  );
}

export interface InstalledFlow {
  templateKey: string;
  name: string;
  description: string;
  graph: FlowGraph;
  triggerState: StateNumber;
}

/** Adds, published and live, those that the workspace does not have yet; answers how many. */
export async function installFlows(
  database: Database,
  installation: {
    workspaceId: string;
    flows: readonly InstalledFlow[];
    maxAgeHours: number;
    author: string;
    now: Date;
  },
): Promise<number> {
  const parameters = {
    p_workspace: installation.workspaceId,
    p_flows: installation.flows.map((flow) => ({
      template_key: flow.templateKey,
      name: flow.name,
      description: flow.description,
      graph: flow.graph,
      trigger_state: flow.triggerState,
      max_age_hours: installation.maxAgeHours,
    })),
    p_author: installation.author,
    p_now: installation.now.toISOString(),
  };
  return call(database, 'install_flows', parameters, z.number());
}
