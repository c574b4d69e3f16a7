import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { findNode, findTrigger, followingVisit, nextSteps, wayPast } from '../flow/nextSteps.ts';
import { findLanding, planMove } from '../flow/planMove.ts';
import type { Database } from '../repositories/database.ts';
import { loadGraphs, type NextStep } from '../repositories/flowRunRepository.ts';
import {
  cancelRuns,
  loadStuckRuns,
  mendRun,
  selectRuns,
  type Mending,
  type MendOutcome,
  type StuckRun,
} from '../repositories/runMendRepository.ts';
import { emptyGraph, type FlowGraph, type FlowNode } from '../schemas/flow.ts';
import type { BulkAction, RetryRequest, RunFilterRequest } from '../schemas/runApi.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { stepAt } from './stepAt.ts';

const concurrency = 4;

interface Asked {
  workspaceId: string;
  actor: string;
}

/** How a run goes on. */
type Plan = Pick<Mending, 'action' | 'stepId' | 'versionId' | 'next'>;

/** Why nothing was done; nowhere: the version that it would go on in does not know the step. */
type Refusal = Exclude<MendOutcome, 'done'> | 'nowhere';

/**
 * Lets runs that are parked go on, or ends them. A retry does the failed step again, under its key. From the start, the same
 * run goes through the flow once more: its steps are new visits, but effects are known by their visit within the
 * pass, so that what was done is not repeated and its answer is taken as it was. What follows counts from now.
 */
export class RunMender {
  readonly #deps: { database: Database; clock: Clock; systemClock: Clock };

  constructor(deps: { database: Database; clock: Clock; systemClock: Clock }) {
    this.#deps = deps;
  }

  async retry(asked: Asked, runId: string, request: RetryRequest): Promise<void> {
    const run = await this.#find(asked, runId);
    const graphs = await this.#graphsOf([run]);
    refuse(await this.#mend(asked, { run, graphs }, (known) => planRetry(known, request)));
  }

  /** Goes on after a step that failed, or that the run waits at. */
  async skip(asked: Asked, runId: string, stepId: string): Promise<void> {
    const run = await this.#find(asked, runId);
    if (run.step?.id !== stepId) refuse('moved');
    refuse(await this.#mend(asked, { run, graphs: await this.#graphsOf([run]) }, planSkip));
  }

  async cancel({ workspaceId, actor }: Asked, runId: string): Promise<void> {
    await this.#find({ workspaceId }, runId);
    const { database, clock } = this.#deps;
    const canceled = await cancelRuns(database, { workspaceId, runIds: [runId], actor, now: clock.now() });
    if (canceled === 0) throw new AppError('conflict', 'This run is over already.');
  }

  /** With how many runs an action could be done. */
  async count(workspaceId: string, filter: RunFilterRequest, action: BulkAction): Promise<number> {
    let count = 0;
    for await (const ids of selectRuns(this.#deps.database, workspaceId, { ...filter, action: action.type }))
      count += ids.length;
    return count;
  }

  /** Does an action with every run of a filter, if these are as many as were shown. */
  async doWithAll(
    asked: Asked,
    bulk: { filter: RunFilterRequest; action: BulkAction; expected: number },
  ): Promise<{ done: number; left: number }> {
    const { filter, action, expected } = bulk;
    const count = await this.count(asked.workspaceId, filter, action);
    if (count !== expected)
      throw new AppError('conflict', `It would be ${count} now, not ${expected}. Look again, then confirm.`);
    let done = 0;
    const { database } = this.#deps;
    for await (const ids of selectRuns(database, asked.workspaceId, { ...filter, action: action.type }))
      done += await this.#doWith(asked, ids, action);
    return { done, left: Math.max(0, count - done) };
  }

  async #doWith(asked: Asked, runIds: string[], action: BulkAction): Promise<number> {
    const { database, clock } = this.#deps;
    if (action.type === 'cancel') return cancelRuns(database, { ...asked, runIds, now: clock.now() });
    let done = 0;
    const runs = await loadStuckRuns(database, asked.workspaceId, runIds);
    const graphs = await this.#graphsOf(runs);
    await eachAtOnce(runs, concurrency, async (run) => {
      const plan = (known: Known) => (action.type === 'retry' ? planRetry(known, action) : planSkip(known));
      if ((await this.#mend(asked, { run, graphs }, plan)) === 'done') done += 1;
    });
    return done;
  }

  async #find({ workspaceId }: Pick<Asked, 'workspaceId'>, runId: string): Promise<StuckRun> {
    const [run] = await loadStuckRuns(this.#deps.database, workspaceId, [runId]);
    if (!run) throw new AppError('not_found', 'This run does not exist.');
    return run;
  }

  /** The versions that runs are on, and those that are published now. */
  async #graphsOf(runs: readonly StuckRun[]): Promise<Map<string, FlowGraph>> {
    const ids = runs.flatMap((run) => [run.versionId, newestOf(run)]);
    return loadGraphs(this.#deps.database, [...new Set(ids)]);
  }

  async #mend(
    asked: Asked,
    { run, graphs }: { run: StuckRun; graphs: Map<string, FlowGraph> },
    plan: (known: Known) => Plan | Refusal,
  ): Promise<Refusal | 'done'> {
    const { database, clock, systemClock } = this.#deps;
    const newestId = newestOf(run);
    const now = clock.now();
    const planned = plan({
      run,
      now,
      newestId,
      graph: graphs.get(run.versionId) ?? emptyGraph,
      newest: graphs.get(newestId) ?? emptyGraph,
    });
    if (typeof planned === 'string') return planned;
    return mendRun(database, { ...asked, ...planned, runId: run.runId, now, systemNow: systemClock.now() });
  }
}

function newestOf({ publishedVersionId, versionId }: StuckRun): string {
  return publishedVersionId ?? versionId;
}

interface Known {
  run: StuckRun;
  /** The version that the run is on. */
  graph: FlowGraph;
  newestId: string;
  newest: FlowGraph;
  now: Date;
}

function planRetry(known: Known, { from, version }: RetryRequest): Plan | Refusal {
  const { run, newestId, now } = known;
  const isMoved = version === 'newest' && newestId !== run.versionId;
  const versionId = isMoved ? newestId : null;
  const graph = isMoved ? known.newest : known.graph;
  const trigger = findTrigger(graph);
  if (from === 'start') {
    if (!trigger) return 'nowhere';
    return { action: 'restart', stepId: null, versionId, next: [comeTo(trigger, { run, visit: 1, now })] };
  }
  const { step } = run;
  if (step?.status !== 'failed') return 'moved';
  const common = { action: 'retry', stepId: step.id, versionId } as const;
  // A version that cannot be read has no trigger: nobody's way is over there.
  const landing = trigger && findLanding(step.nodeId, planMove(known.graph, graph), graph);
  if (landing === undefined) return 'nowhere';
  if (landing === step.nodeId) return { ...common, next: null };
  const node = landing === null ? undefined : findNode(graph, landing);
  return { ...common, next: node ? [comeTo(node, { run, visit: step.visit, now })] : [] };
}

function planSkip({ run, graph, now }: Known): Plan | Refusal {
  const { step } = run;
  if (!step) return 'moved';
  const node = findNode(graph, step.nodeId);
  if (!node) return 'nowhere';
  const visit = followingVisit(node, step.visit);
  const next = nextSteps(graph, node, wayPast(graph, node)).map((each) => comeTo(each, { run, visit, now }));
  return { action: 'skip', stepId: step.id, versionId: null, next };
}

function comeTo(node: FlowNode, { run, visit, now }: { run: StuckRun; visit: number; now: Date }): NextStep {
  return stepAt(node, { visit, enteredAt: now, facts: run });
}

const refusals = {
  not_found: 'This run does not exist.',
  moved: 'This run is not in that place any more. Look at it again.',
  nowhere:
    'This step is not in that version of the flow. Begin the run from the start in the newest version, or cancel it.',
  busy: 'This step is being done right now. Try again in some minutes.',
  taken: 'This customer is in the flow by another run meanwhile. Cancel that one first.',
  left: 'This customer has left the state that started the run, which would have ended it. Cancel the run.',
} as const satisfies Record<Refusal, string>;

function refuse(outcome: Refusal | 'done'): void {
  if (outcome === 'done') return;
  throw new AppError(outcome === 'not_found' ? 'not_found' : 'conflict', refusals[outcome]);
}
