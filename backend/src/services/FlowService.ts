import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { lifecycleFlows } from '../flow/lifecycle/lifecycleFlows.ts';
import { validateGraph, type FlowCatalogue } from '../flow/validateGraph.ts';
import type { Database } from '../repositories/database.ts';
import {
  countPeople,
  findFlow,
  findPostalAddress,
  findVersion,
  insertFlow,
  installFlows,
  listFlows,
  saveDraft,
  setFlowStatus,
  type FlowSummaryRow,
} from '../repositories/flowRepository.ts';
import type { FlowReply, FlowsReply, FlowSummary, SaveDraftReply } from '../schemas/api.ts';
import { nodeDefinitions, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';
import { defaultSettings } from '../schemas/flowSettings.ts';
import { noNames } from '../schemas/nodes/defineNode.ts';
import { adviseOnTenants } from './adviseOnTenants.ts';

export interface FlowDeps {
  database: Database;
  clock: Clock;
  findAction: FlowCatalogue['findAction'];
  /** Secrets are stored encrypted. */
  secrets: {
    seal(workspaceId: string, graph: DraftGraph): DraftGraph;
    problems(workspaceId: string, graph: DraftGraph): FlowProblem[];
  };
}

export const savedElsewhere = 'Somebody saved this flow in between. Reload it, then make your change again.';

/** The flows of a workspace: their drafts, and whether they run. */
export class FlowService {
  readonly #deps: FlowDeps;

  constructor(deps: FlowDeps) {
    this.#deps = deps;
  }

  async list(
    workspaceId: string,
    options: { withArchived: boolean } = { withArchived: false },
  ): Promise<FlowsReply> {
    const rows = await listFlows(this.#deps.database, workspaceId, null);
    const shown = rows.filter(({ status }) => options.withArchived || status !== 'archived');
    return { flows: shown.map(summaryOf) };
  }

  async get(workspaceId: string, flowId: string): Promise<FlowReply> {
    const { database } = this.#deps;
    const { flow, summary } = await this.#find(workspaceId, flowId);
    const [version, problems, people] = await Promise.all([
      flow.published_version_id ? findVersion(database, workspaceId, flow.published_version_id) : null,
      this.check(workspaceId, flow.draft),
      countPeople(database, flowId),
    ]);
    return {
      flow: summary,
      draft: flow.draft,
      draftRevision: flow.draft_revision,
      published: version && {
        versionId: version.id,
        number: version.number,
        publishedAt: version.published_at,
        author: version.author,
        note: version.note,
        graph: version.graph,
      },
      problems,
      ...people,
    };
  }

  /** A new flow with nothing but a trigger. */
  async create(workspaceId: string, name: string, author = ''): Promise<FlowReply> {
    const trigger = {
      id: 'trigger',
      type: 'trigger',
      position: { x: 0, y: 0 },
      data: { ...nodeDefinitions.trigger.initial },
    } as const;
    const graph = { nodes: [trigger], edges: [], notes: [], settings: { ...defaultSettings } };
    return this.add({ workspaceId, name, description: '', templateKey: null, graph, author });
  }

  /** A new flow that is a draft only. */
  async add(flow: {
    workspaceId: string;
    name: string;
    description: string;
    templateKey: string | null;
    graph: DraftGraph;
    author: string;
  }): Promise<FlowReply> {
    const { workspaceId } = flow;
    const draft = this.#deps.secrets.seal(workspaceId, flow.graph);
    const now = this.#deps.clock.now();
    return this.get(workspaceId, await insertFlow(this.#deps.database, { ...flow, draft, now }));
  }

  async duplicate(workspaceId: string, flowId: string, author: string): Promise<FlowReply> {
    const { flow } = await this.#find(workspaceId, flowId);
    const { name, description, draft: graph } = flow;
    const copy = { name: `Copy of ${name}`.slice(0, 120), description, graph, author };
    return this.add({ ...copy, workspaceId, templateKey: null });
  }

  /** Saves the draft, finished or not. Refuses when somebody else saved since `draftRevision`. */
  async saveDraft(
    workspaceId: string,
    flowId: string,
    draft: { graph: DraftGraph; draftRevision: number; name?: string | undefined },
    author = '',
  ): Promise<SaveDraftReply> {
    const { database, clock } = this.#deps;
    const { name, draftRevision: revision } = draft;
    const graph = this.#deps.secrets.seal(workspaceId, draft.graph);
    const change = { workspaceId, flowId, revision, graph, name, author, now: clock.now() };
    const saved = await saveDraft(database, { ...change, reason: 'editing' });
    if (saved === null) {
      await this.#find(workspaceId, flowId);
      throw new AppError('conflict', savedElsewhere);
    }
    return { draftRevision: saved, problems: await this.check(workspaceId, graph) };
  }

  /** Pausing and archiving hold the flow's runs and messages where they are; nothing is lost. */
  async setStatus(
    workspaceId: string,
    flowId: string,
    status: 'live' | 'paused' | 'archived',
    actor: string,
  ): Promise<FlowSummary> {
    const { database, clock } = this.#deps;
    const outcome = await setFlowStatus(database, { workspaceId, flowId, status, actor, now: clock.now() });
    if (outcome === 'unpublished') throw new AppError('conflict', 'Publish this flow first.');
    return (await this.#find(workspaceId, flowId)).summary;
  }

  /** Gives the workspace the lifecycle flows that it does not have yet, published and live; answers how many. */
  async installLifecycleFlows(workspaceId: string, now: Date = this.#deps.clock.now()): Promise<number> {
    const { database } = this.#deps;
    return installFlows(database, { workspaceId, flows: lifecycleFlows, author: 'Chou', now });
  }

  /** Why a graph cannot be published, and advice. */
  async check(workspaceId: string, graph: DraftGraph): Promise<FlowProblem[]> {
    const { database, findAction, secrets } = this.#deps;
    const [postalAddress, advice] = await Promise.all([
      findPostalAddress(database, workspaceId),
      adviseOnTenants(this.#deps, workspaceId, graph),
    ]);
    return [
      ...validateGraph(graph, { findAction, postalAddress }),
      ...secrets.problems(workspaceId, graph),
      ...advice,
    ];
  }

  async #find(workspaceId: string, flowId: string) {
    const { database } = this.#deps;
    const [flow, [summary]] = await Promise.all([
      findFlow(database, workspaceId, flowId),
      listFlows(database, workspaceId, flowId),
    ]);
    if (!flow || !summary) throw new AppError('not_found', 'This flow does not exist.');
    return { flow, summary: summaryOf(summary) };
  }
}

function summaryOf(row: FlowSummaryRow): FlowSummary {
  const { id, name, description, status, trigger, versionNumber } = row;
  const { activeRuns, sent, failedRuns, hasUnpublishedChanges, updatedAt } = row;
  const parsed = nodeDefinitions.trigger.data.safeParse(trigger);
  const states = parsed.success && parsed.data.on === 'state_changed' ? parsed.data.states : [];
  return {
    id,
    name,
    description,
    status,
    trigger: nodeDefinitions.trigger.describe(trigger, noNames) ?? 'Not set up yet',
    triggerKind: parsed.success ? parsed.data.on : null,
    triggerState: states[0] ?? null,
    versionNumber,
    activeRuns,
    sent,
    failedRuns,
    hasUnpublishedChanges,
    updatedAt,
  };
}
