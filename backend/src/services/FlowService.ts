import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { lifecycleFlows } from '../flow/lifecycle/lifecycleFlows.ts';
import { validateGraph, type FlowCatalogue } from '../flow/validateGraph.ts';
import type { Database } from '../repositories/database.ts';
import {
  countWaiting,
  findFlow,
  findPostalAddress,
  findVersion,
  insertFlow,
  installFlows,
  listFlows,
  publishFlow,
  setFlowStatus,
  updateDraft,
} from '../repositories/flowRepository.ts';
import type { FlowReply, FlowsReply, FlowSummary, SaveDraftReply } from '../schemas/api.ts';
import { flowGraph, type DraftGraph, type FlowProblem } from '../schemas/flow.ts';

export interface FlowDeps {
  database: Database;
  clock: Clock;
  findAction: FlowCatalogue['findAction'];
}

const saidElsewhere = 'Somebody saved this flow in between. Reload it, then make your change again.';
const maxAgeHours = 48;

/** The flows of a workspace: their drafts, what is published, and whether they run. */
export class FlowService {
  readonly #deps: FlowDeps;

  constructor(deps: FlowDeps) {
    this.#deps = deps;
  }

  async list(workspaceId: string): Promise<FlowsReply> {
    return { flows: await listFlows(this.#deps.database, workspaceId, null) };
  }

  async get(workspaceId: string, flowId: string): Promise<FlowReply> {
    const { database } = this.#deps;
    const { flow, summary } = await this.#find(workspaceId, flowId);
    const [version, problems, waiting] = await Promise.all([
      flow.published_version_id ? findVersion(database, workspaceId, flow.published_version_id) : null,
      this.#check(workspaceId, flow.draft),
      countWaiting(database, flowId),
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
        graph: version.graph,
      },
      problems,
      waiting,
    };
  }

  /** A new flow with nothing but a trigger. */
  async create(workspaceId: string, name: string): Promise<FlowReply> {
    const draft: DraftGraph = {
      nodes: [{ id: 'trigger', type: 'trigger', position: { x: 0, y: 0 }, data: { state: 1 } }],
      edges: [],
    };
    const now = this.#deps.clock.now();
    return this.get(workspaceId, await insertFlow(this.#deps.database, { workspaceId, name, draft, now }));
  }

  /** Saves the draft, finished or not. Refuses when somebody else saved since `draftRevision`. */
  async saveDraft(
    workspaceId: string,
    flowId: string,
    draft: { graph: DraftGraph; draftRevision: number; name?: string | undefined },
  ): Promise<SaveDraftReply> {
    const { database, clock } = this.#deps;
    const { graph, name, draftRevision: revision } = draft;
    const saved = await updateDraft(database, {
      workspaceId,
      flowId,
      revision,
      graph,
      name,
      now: clock.now(),
    });
    if (saved === null) {
      await this.#find(workspaceId, flowId);
      throw new AppError('conflict', saidElsewhere);
    }
    return { draftRevision: saved, problems: await this.#check(workspaceId, graph) };
  }

  /** Makes the draft the version that new runs get. Runs under way keep theirs. */
  async publish(workspaceId: string, flowId: string, author: string): Promise<FlowReply> {
    const { database, clock } = this.#deps;
    const { flow } = await this.#find(workspaceId, flowId);
    const problems = await this.#check(workspaceId, flow.draft);
    if (problems.length > 0) {
      const issues = problems.map(({ nodeId, field, message }) => ({
        field: [nodeId, field].filter((part) => part !== null).join('.'),
        message,
      }));
      throw new AppError('invalid_input', 'This flow cannot be published yet. Mend what is listed.', {
        issues,
      });
    }
    const graph = flowGraph.parse(flow.draft);
    const trigger = graph.nodes.find((node) => node.type === 'trigger');
    if (!trigger) throw new AppError('invalid_input', 'Add a trigger: it says when the flow starts.');
    const publication = {
      workspaceId,
      flowId,
      revision: flow.draft_revision,
      graph,
      author,
      now: clock.now(),
    };
    const number = await publishFlow(database, { ...publication, triggerState: trigger.data.state });
    if (number === null) throw new AppError('conflict', saidElsewhere);
    return this.get(workspaceId, flowId);
  }

  /** Pausing holds the flow's runs and messages where they are; nothing is lost. */
  async setStatus(
    workspaceId: string,
    flowId: string,
    status: 'live' | 'paused',
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
    return installFlows(database, { workspaceId, flows: lifecycleFlows, maxAgeHours, author: 'Chou', now });
  }

  async #find(workspaceId: string, flowId: string) {
    const { database } = this.#deps;
    const [flow, [summary]] = await Promise.all([
      findFlow(database, workspaceId, flowId),
      listFlows(database, workspaceId, flowId),
    ]);
    if (!flow || !summary) throw new AppError('not_found', 'This flow does not exist.');
    return { flow, summary };
  }

  async #check(workspaceId: string, graph: DraftGraph): Promise<FlowProblem[]> {
    const { database, findAction } = this.#deps;
    return validateGraph(graph, {
      findAction,
      postalAddress: await findPostalAddress(database, workspaceId),
    });
  }
}
