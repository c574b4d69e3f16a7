import { z } from 'zod';
import { draftGraph, flowGraph, type DraftGraph, type FlowGraph } from '../schemas/flow.ts';
import type { CheckpointReason } from '../schemas/flowApi.ts';
import { call, done, rowsOf, type Database } from './database.ts';
import { isoTime } from './rowFields.ts';

const flowSummary = z.object({
  id: z.uuid(),
  name: z.string(),
  description: z.string(),
  status: z.enum(['draft', 'live', 'paused', 'archived']),
  templateKey: z.string().nullable(),
  /** What starts it, as it was published or, before that, drafted: it may be unfinished. */
  trigger: z.unknown(),
  versionNumber: z.number().nullable(),
  activeRuns: z.number(),
  sent: z.number(),
  failedRuns: z.number(),
  hasUnpublishedChanges: z.boolean(),
  updatedAt: isoTime,
});

export type FlowSummaryRow = z.infer<typeof flowSummary>;

/** The flows of a workspace, archived ones too, or one of them, with what they are doing. */
export async function listFlows(
  database: Database,
  workspaceId: string,
  flowId: string | null,
): Promise<FlowSummaryRow[]> {
  return call(database, 'list_flows', { p_workspace: workspaceId, p_flow: flowId }, z.array(flowSummary));
}

const flowRow = z.object({
  name: z.string(),
  description: z.string(),
  draft: draftGraph,
  draft_revision: z.number(),
  draft_author: z.string(),
  published_version_id: z.uuid().nullable(),
});

/** A flow's draft and which version is published; null when the workspace has no such flow. */
export async function findFlow(database: Database, workspaceId: string, flowId: string) {
  const query = database
    .from('flows')
    .select('name, description, draft, draft_revision, draft_author, published_version_id')
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
  note: z.string(),
  published_at: isoTime,
});

export async function findVersion(database: Database, workspaceId: string, versionId: string) {
  const query = database
    .from('flow_versions')
    .select('id, number, graph, author, note, published_at')
    .eq('workspace_id', workspaceId)
    .eq('id', versionId);
  const [row] = await rowsOf(query, z.array(versionRow));
  return row ?? null;
}

const peopleCounts = z.object({
  waiting: z.record(z.string(), z.number()),
  passed: z.record(z.string(), z.number()),
});

/** Active runs by the node that they wait at, and runs by the nodes that they have gone past. */
export async function countPeople(database: Database, flowId: string): Promise<z.infer<typeof peopleCounts>> {
  return call(database, 'count_people', { p_flow: flowId }, peopleCounts);
}

/** What marketing e-mails must show; empty when the workspace has not said it. */
export async function findPostalAddress(database: Database, workspaceId: string): Promise<string> {
  const query = database.from('workspaces').select('postal_address').eq('id', workspaceId);
  const [row] = await rowsOf(query, z.array(z.object({ postal_address: z.string() })));
  return row?.postal_address ?? '';
}

/** Adds a flow that is nothing but a draft. */
export async function insertFlow(
  database: Database,
  flow: {
    workspaceId: string;
    name: string;
    description: string;
    templateKey: string | null;
    draft: DraftGraph;
    author: string;
    now: Date;
  },
): Promise<string> {
  const at = flow.now.toISOString();
  const row = {
    workspace_id: flow.workspaceId,
    name: flow.name,
    description: flow.description,
    template_key: flow.templateKey,
    draft: flow.draft,
    draft_author: flow.author,
    draft_saved_at: at,
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

/** Replaces the draft if it still has the revision, a checkpoint before; answers the new one, or null. */
export async function saveDraft(
  database: Database,
  change: {
    workspaceId: string;
    flowId: string;
    revision: number;
    graph: DraftGraph;
    name?: string | undefined;
    author: string;
    reason: CheckpointReason;
    now: Date;
  },
): Promise<number | null> {
  const parameters = {
    p_workspace: change.workspaceId,
    p_flow: change.flowId,
    p_revision: change.revision,
    p_graph: change.graph,
    p_name: change.name ?? null,
    p_author: change.author,
    p_reason: change.reason,
    p_now: change.now.toISOString(),
  };
  return call(database, 'save_draft', parameters, z.number().nullable());
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
export async function publishDraft(
  database: Database,
  publication: {
    workspaceId: string;
    flowId: string;
    revision: number;
    graph: FlowGraph;
    note: string;
    /** Whether people under way go on in it. */
    move: boolean;
    author: string;
    now: Date;
  },
): Promise<{ number: number; versionId: string } | null> {
  const parameters = {
    p_workspace: publication.workspaceId,
    p_flow: publication.flowId,
    p_draft_revision: publication.revision,
    p_graph: publication.graph,
    p_note: publication.note,
    p_move: publication.move,
    p_author: publication.author,
    p_now: publication.now.toISOString(),
  };
  const published = z.object({ number: z.number(), versionId: z.uuid() });
  return call(database, 'publish_draft', parameters, published.nullable());
}

export async function setFlowStatus(
  database: Database,
  change: {
    workspaceId: string;
    flowId: string;
    status: 'live' | 'paused' | 'archived';
    actor: string;
    now: Date;
  },
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
}

/** Adds, published and live, those that the workspace does not have yet; answers how many. */
export async function installFlows(
  database: Database,
  installation: {
    workspaceId: string;
    flows: readonly InstalledFlow[];
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
    })),
    p_author: installation.author,
    p_now: installation.now.toISOString(),
  };
  return call(database, 'install_flows', parameters, z.number());
}
