import type { ViewerRole } from '#integrations/maskValues.ts';
import type { z } from 'zod';
import { AppError } from '../errors.ts';
import { findNode } from '../flow/nextSteps.ts';
import { rulesOf, stepWords } from '../flow/stepWords.ts';
import { titleOfNode } from '../flow/titleOfNode.ts';
import { listConnections } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { loadGraphs } from '../repositories/flowRunRepository.ts';
import {
  countRunErrors,
  findRun,
  listRuns,
  listSteps,
  type RunFilter,
  type RunRow,
  type StepRow,
} from '../repositories/runRepository.ts';
import type { RunReply, RunsReply, RunSummary } from '../schemas/api.ts';
import { emptyGraph, type FlowNode } from '../schemas/flow.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';
import type { RunErrorsReply, RunStep } from '../schemas/runApi.ts';
import { writeTime } from '../state/writeTime.ts';
import { maskStep } from './maskStep.ts';
import { readNames } from './readNames.ts';
import { endReasonInWords } from './timeline.ts';

type RunErrorsFilter = Omit<RunFilter, 'status' | 'error' | 'cursor' | 'limit'>;

export interface RunDeps {
  database: Database;
  findAction(actionId: string): { title: string; input: z.ZodType; output: z.ZodType } | undefined;
}

/** What flows did and are doing, for the screens. */
export class RunService {
  readonly #deps: RunDeps;

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  async list(
    workspaceId: string,
    filter: Omit<RunFilter, 'limit'> & { limit?: number | undefined },
  ): Promise<RunsReply> {
    const [page, zones] = await Promise.all([
      listRuns(this.#deps.database, workspaceId, { ...filter, limit: filter.limit ?? 50 }),
      this.#zones(workspaceId),
    ]);
    return { runs: page.rows.map((row) => summaryOf(row, zones)), nextCursor: page.nextCursor };
  }

  /** The errors that runs wait for, with how many do, the most frequent first. */
  async errors(workspaceId: string, filter: RunErrorsFilter): Promise<RunErrorsReply> {
    return { errors: await countRunErrors(this.#deps.database, workspaceId, { filter, limit: 50 }) };
  }

  /** A run with its steps in the order of its way; what they were given and answered as the role may see it. */
  async get(workspaceId: string, runId: string, role: ViewerRole = 'owner'): Promise<RunReply> {
    const { database } = this.#deps;
    const row = await findRun(database, workspaceId, runId);
    if (!row) throw new AppError('not_found', 'This run does not exist.');
    const [graphs, steps, book, zones] = await Promise.all([
      loadGraphs(database, [row.version_id]),
      listSteps(database, workspaceId, runId),
      readNames(this.#deps, workspaceId),
      this.#zones(workspaceId),
    ]);
    const graph = graphs.get(row.version_id) ?? emptyGraph;
    const run = summaryOf(row, zones);
    const telling = { names: book.namesFor(graph), zone: run.timeZone, role };
    return {
      run: {
        ...run,
        journeyId: row.journey_id,
        triggerKind: row.trigger_kind,
        startedBy: row.started_by,
        hasNewerVersion: row.published_version_id !== null && row.published_version_id !== row.version_id,
      },
      graph,
      steps: steps.map((step) => this.#stepOf(step, findNode(graph, step.node_id), telling)),
    };
  }

  /** The time zone of each tenant. */
  async #zones(workspaceId: string): Promise<ReadonlyMap<string, string>> {
    const connections = await listConnections(this.#deps.database, workspaceId);
    return new Map(connections.map(({ id, time_zone: zone }) => [id, zone]));
  }

  #stepOf(step: StepRow, node: FlowNode | undefined, { names, zone, role }: Telling): RunStep {
    const dueAt = step.due_at === null ? null : new Date(step.due_at);
    return {
      id: step.id,
      nodeId: step.node_id,
      title: node ? titleOfNode(node, names) : step.node_id,
      visit: step.visit,
      status: step.status,
      enteredAt: step.entered_at,
      dueAt: step.due_at,
      startedAt: step.started_at,
      finishedAt: step.finished_at,
      milliseconds:
        step.started_at !== null && step.finished_at !== null
          ? Math.max(0, Date.parse(step.finished_at) - Date.parse(step.started_at))
          : null,
      attempts: step.attempts,
      tries: step.tries,
      outcome: step.outcome,
      ...maskStep(step, { node, role, findAction: (id) => this.#deps.findAction(id) }),
      error: step.error,
      words: node
        ? stepWords({ ...step, node, dueAt }, (time) => writeTime(time.toISOString(), zone))
        : 'This step is gone.',
      rules: rulesOf(step.output, names, role === 'viewer'),
    };
  }
}

/** With what steps are put into words, and for whom. */
interface Telling {
  names: NodeNames;
  zone: string;
  role: ViewerRole;
}

function summaryOf(row: RunRow, zones: ReadonlyMap<string, string>): RunSummary {
  return {
    id: row.id,
    flowId: row.flow_id,
    flowName: row.flow_name,
    versionNumber: row.version_number,
    contactId: row.contact_id,
    customerName: row.customer_name,
    timeZone: zones.get(row.connection_id ?? '') ?? 'UTC',
    state: row.state,
    status: row.status,
    endedReason: row.status === 'parked' ? row.ended_reason : endReasonInWords(row.ended_reason),
    startedAt: new Date(row.started_at).toISOString(),
    endedAt: row.ended_at,
  };
}
