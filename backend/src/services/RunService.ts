import { AppError } from '../errors.ts';
import { describeNode } from '../flow/describeNode.ts';
import { findNode } from '../flow/nextSteps.ts';
import { pathOf } from '../flow/pathOf.ts';
import type { Database } from '../repositories/database.ts';
import {
  findRun,
  listRuns,
  listSteps,
  loadGraphs,
  type RunFilter,
  type RunRow,
} from '../repositories/flowRunRepository.ts';
import type { RunReply, RunsReply, RunSummary } from '../schemas/api.ts';
import { endReasonInWords } from './timeline.ts';

/** What flows did and are doing, for the screens. */
export class RunService {
  readonly #database: Database;
  readonly #actionTitle: (actionId: string) => string;

  constructor(deps: { database: Database; findAction(actionId: string): { title: string } | undefined }) {
    this.#database = deps.database;
    this.#actionTitle = (actionId) => deps.findAction(actionId)?.title ?? actionId;
  }

  async list(
    workspaceId: string,
    filter: Omit<RunFilter, 'limit'> & { limit?: number | undefined },
  ): Promise<RunsReply> {
    const page = await listRuns(this.#database, workspaceId, { ...filter, limit: filter.limit ?? 50 });
    return { runs: page.rows.map(summaryOf), nextCursor: page.nextCursor };
  }

  async get(workspaceId: string, runId: string): Promise<RunReply> {
    const row = await findRun(this.#database, workspaceId, runId);
    if (!row) throw new AppError('not_found', 'This run does not exist.');
    const [graphs, steps] = await Promise.all([
      loadGraphs(this.#database, [row.version_id]),
      listSteps(this.#database, workspaceId, runId),
    ]);
    const graph = graphs.get(row.version_id) ?? { nodes: [], edges: [] };
    return {
      run: summaryOf(row),
      graph,
      steps: pathOf(graph, steps).map((step) => {
        const node = findNode(graph, step.node_id);
        return {
          id: step.id,
          nodeId: step.node_id,
          title: node ? describeNode(node, this.#actionTitle) : step.node_id,
          status: step.status,
          dueAt: step.due_at,
          finishedAt: step.finished_at,
          attempts: step.attempts,
          output: step.output,
          error: step.error,
        };
      }),
    };
  }
}

function summaryOf(row: RunRow): RunSummary {
  return {
    id: row.id,
    flowId: row.flow_id,
    flowName: row.flow_name,
    versionNumber: row.version_number,
    contactId: row.contact_id,
    customerName: row.customer_name,
    state: row.state,
    status: row.status,
    endedReason: endReasonInWords(row.ended_reason),
    startedAt: new Date(row.started_at).toISOString(),
    endedAt: row.ended_at,
  };
}
