import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { planMove } from '../flow/planMove.ts';
import { titleOfNode } from '../flow/titleOfNode.ts';
import type { Database } from '../repositories/database.ts';
import {
  countInFlight,
  findCheckpoint,
  listCheckpoints,
  listVersions,
  type CheckpointRow,
} from '../repositories/flowHistoryRepository.ts';
import { findFlow, findVersion, publishDraft, saveDraft } from '../repositories/flowRepository.ts';
import { loadGraphs } from '../repositories/flowRunRepository.ts';
import type { FlowReply } from '../schemas/api.ts';
import { diffGraphs } from '../schemas/diffGraphs.ts';
import { flowGraph, type DraftGraph, type FlowGraph } from '../schemas/flow.ts';
import type {
  CheckpointReply,
  CheckpointReason,
  CheckpointsReply,
  CheckpointSummary,
  Landing,
  PublishPreviewReply,
  PublishRequest,
  RestoreRequest,
  VersionReply,
  VersionsReply,
} from '../schemas/flowApi.ts';
import { savedElsewhere, type FlowService } from './FlowService.ts';
import type { OptionService } from './OptionService.ts';

interface HistoryDeps {
  database: Database;
  clock: Clock;
  flows: FlowService;
  options: OptionService;
  /** Lets people under way go on in a version. */
  moveRuns(move: { workspaceId: string; flowId: string; versionId: string; actor: string }): Promise<unknown>;
}

interface Asked {
  workspaceId: string;
  flowId: string;
  actor: string;
}

/** What a flow was, is published as, and can become again. */
export class FlowHistory {
  readonly #deps: HistoryDeps;

  constructor(deps: HistoryDeps) {
    this.#deps = deps;
  }

  async checkpoints(workspaceId: string, flowId: string): Promise<CheckpointsReply> {
    await this.#find(workspaceId, flowId);
    const rows = await listCheckpoints(this.#deps.database, { workspaceId, flowId });
    return { checkpoints: rows.map(checkpointSummary) };
  }

  async checkpoint(workspaceId: string, flowId: string, checkpointId: string): Promise<CheckpointReply> {
    const row = await findCheckpoint(this.#deps.database, { workspaceId, flowId, checkpointId });
    if (!row) throw new AppError('not_found', 'This checkpoint is gone: the newest 50 are kept.');
    return { checkpoint: checkpointSummary(row), graph: row.graph };
  }

  async versions(workspaceId: string, flowId: string): Promise<VersionsReply> {
    await this.#find(workspaceId, flowId);
    return { versions: await listVersions(this.#deps.database, workspaceId, flowId) };
  }

  async version(workspaceId: string, flowId: string, number: number): Promise<VersionReply> {
    const { database } = this.#deps;
    const flow = await this.#find(workspaceId, flowId);
    const versions = await listVersions(database, workspaceId, flowId);
    const version = versions.find((candidate) => candidate.number === number);
    const before = versions.find((candidate) => candidate.number < number);
    if (!version) throw new AppError('not_found', `This flow has no version ${number}.`);
    const graphs = await loadGraphs(database, [version.id, ...(before ? [before.id] : [])]);
    const graph = graphs.get(version.id);
    const previous = before && graphs.get(before.id);
    if (!graph) throw new AppError('not_found', `This flow has no version ${number}.`);
    return {
      version,
      graph,
      changes: previous ? diffGraphs(previous, graph) : null,
      toDraft: diffGraphs(flow.draft, graph),
    };
  }

  /** The draft becomes the published version again; what it was is kept as a checkpoint. */
  async discard({ workspaceId, flowId, actor }: Asked, revision: number): Promise<FlowReply> {
    const { published_version_id: published } = await this.#find(workspaceId, flowId);
    const version = published ? await findVersion(this.#deps.database, workspaceId, published) : null;
    if (!version)
      throw new AppError('conflict', 'This flow was never published: there is nothing to go back to.');
    return this.#replace(
      { workspaceId, flowId, actor },
      { revision, graph: version.graph, reason: 'discard' },
    );
  }

  /** The draft becomes what a version or a checkpoint is; what it was is kept as a checkpoint. */
  async restore(asked: Asked, request: RestoreRequest): Promise<FlowReply> {
    const graph = await this.#graphOf(asked, request);
    return this.#replace(asked, { revision: request.draftRevision, graph, reason: 'restore' });
  }

  /** What publishing the draft would mean: what stands in its way, and where people under way would land. */
  async preview(workspaceId: string, flowId: string): Promise<PublishPreviewReply> {
    const { database, flows } = this.#deps;
    const flow = await this.#find(workspaceId, flowId);
    const published = flow.published_version_id;
    const [problems, version, lands] = await Promise.all([
      flows.check(workspaceId, flow.draft),
      published ? findVersion(database, workspaceId, published) : null,
      this.#landings(workspaceId, flowId, flow.draft),
    ]);
    return {
      draftRevision: flow.draft_revision,
      problems,
      changes: version && diffGraphs(version.graph, flow.draft),
      inFlight: { total: lands.reduce((sum, { count }) => sum + count, 0), lands },
    };
  }

  /** Makes the draft the version that new runs get. People under way stay on theirs or go on in it. */
  async publish(asked: Asked, request: PublishRequest): Promise<FlowReply> {
    const { database, clock, flows } = this.#deps;
    const { workspaceId, flowId, actor } = asked;
    const flow = await this.#find(workspaceId, flowId);
    const revision = request.draftRevision ?? flow.draft_revision;
    if (revision !== flow.draft_revision) throw new AppError('conflict', savedElsewhere);
    await this.#refuseUnfinished(workspaceId, flow.draft);
    const graph = flowGraph.parse(flow.draft);
    const move = request.inFlight === 'move';
    const publication = { workspaceId, flowId, revision, graph, note: request.note, move, author: actor };
    const published = await publishDraft(database, { ...publication, now: clock.now() });
    if (published === null) throw new AppError('conflict', savedElsewhere);
    // It was asked for with the publication: what is interrupted here goes on with the next due work.
    if (move) await this.#deps.moveRuns({ workspaceId, flowId, versionId: published.versionId, actor });
    return flows.get(workspaceId, flowId);
  }

  async #refuseUnfinished(workspaceId: string, draft: DraftGraph): Promise<void> {
    const problems = await this.#deps.flows.check(workspaceId, draft);
    const issues = problems.flatMap(({ nodeId, field, message, severity }) =>
      severity === 'error'
        ? [{ field: [nodeId, field].filter((part) => part !== null).join('.'), message }]
        : [],
    );
    if (issues.length > 0)
      throw new AppError('invalid_input', 'This flow cannot be published yet. Mend what is listed.', {
        issues,
      });
  }

  async #landings(workspaceId: string, flowId: string, draft: DraftGraph): Promise<Landing[]> {
    const { database, options } = this.#deps;
    const [people, book] = await Promise.all([countInFlight(database, flowId), options.names(workspaceId)]);
    const graphs = await loadGraphs(database, [...new Set(people.map(({ versionId }) => versionId))]);
    // A node that is not finished keeps whoever is at it: only its id and its kind are asked.
    const target = flowGraph.safeParse(draft);
    const after = target.success ? target.data : shapeOf(draft, graphs);
    const moves = new Map([...graphs].map(([id, graph]) => [id, planMove(graph, after)]));
    const titleIn = (graph: DraftGraph, nodeId: string) => {
      const node = graph.nodes.find(({ id }) => id === nodeId);
      return node ? titleOfNode(node, book.namesFor(graph)) : 'A step that is gone';
    };
    const landings = new Map<string, Landing>();
    for (const { versionId, nodeId, count } of people) {
      const graph = graphs.get(versionId);
      const to = moves.get(versionId)?.get(nodeId) ?? null;
      const title = graph ? titleIn(graph, nodeId) : 'A step that is gone';
      const key = `${nodeId} ${to} ${title}`;
      const known = landings.get(key);
      const landing = { nodeId, title, to: to === null ? null : { nodeId: to, title: titleIn(draft, to) } };
      landings.set(key, { ...landing, count: (known?.count ?? 0) + count });
    }
    return [...landings.values()].toSorted((one, other) => other.count - one.count);
  }

  async #graphOf({ workspaceId, flowId }: Asked, request: RestoreRequest): Promise<DraftGraph> {
    if ('checkpointId' in request)
      return (await this.checkpoint(workspaceId, flowId, request.checkpointId)).graph;
    const versions = await listVersions(this.#deps.database, workspaceId, flowId);
    const version = versions.find(({ id }) => id === request.versionId);
    const found = version && (await findVersion(this.#deps.database, workspaceId, version.id));
    if (!found) throw new AppError('not_found', 'This flow has no such version.');
    return found.graph;
  }

  async #replace(
    { workspaceId, flowId, actor }: Asked,
    change: { revision: number; graph: DraftGraph; reason: CheckpointReason },
  ): Promise<FlowReply> {
    const { database, clock, flows } = this.#deps;
    const saved = await saveDraft(database, {
      ...change,
      workspaceId,
      flowId,
      author: actor,
      now: clock.now(),
    });
    if (saved === null) throw new AppError('conflict', savedElsewhere);
    return flows.get(workspaceId, flowId);
  }

  async #find(workspaceId: string, flowId: string) {
    const flow = await findFlow(this.#deps.database, workspaceId, flowId);
    if (!flow) throw new AppError('not_found', 'This flow does not exist.');
    return flow;
  }
}

/** A draft as far as moving asks: the nodes of old versions that it still has. */
function shapeOf(draft: DraftGraph, graphs: ReadonlyMap<string, FlowGraph>): FlowGraph {
  const known = [...graphs.values()].flatMap(({ nodes }) => nodes);
  const nodes = draft.nodes.flatMap(
    ({ id, type }) => known.find((node) => node.id === id && node.type === type) ?? [],
  );
  return { ...draft, nodes };
}

function checkpointSummary(row: CheckpointRow): CheckpointSummary {
  const { id, author, reason, saved_at: savedAt, nodes } = row;
  return { id, author, savedAt, reason, nodes };
}
