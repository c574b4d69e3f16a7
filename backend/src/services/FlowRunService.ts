import { randomUUID } from 'node:crypto';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { TemplateError } from '../email/liquidTemplate.ts';
import { AppError } from '../errors.ts';
import { addMinutes } from '../flow/scheduleOf.ts';
import { findNode, followingVisit, nextSteps } from '../flow/nextSteps.ts';
import { decideRetry } from '../flow/retryStep.ts';
import type { StepContext } from '../flow/StepContext.ts';
import { wantsOfGraph, type GraphWants } from '../flow/wantsOfGraph.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  claimDueSteps,
  countDue,
  loadGraphs,
  loadStepContexts,
  settleSteps,
  type ClaimedStep,
  type StepSettlement,
} from '../repositories/flowRunRepository.ts';
import type { Held } from '../repositories/heldOutcomes.ts';
import { emptyGraph, type FlowGraph, type FlowNode } from '../schemas/flow.ts';
import {
  doStep,
  needsContext,
  scheduleFactsOf,
  StepError,
  type StepQuestion,
  type StepResult,
  type StepTools,
} from './doStep.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { holdTogether } from './holdTogether.ts';
import { stepAt } from './stepAt.ts';

const batchSize = 200;
/** How many actions of integrations are under way at once. */
const concurrency = 8;
const leaseSeconds = 300;
/** A step that was not begun so long after its claim is left to somebody else: its lease would not outlast it. */
const latestBeginMs = (leaseSeconds * 1000) / 2;
const mostCounted = 10_000;
const maxCachedGraphs = 500;

const nodeIsGone =
  'This step is not in its version of the flow, or that cannot be read any more. Try it again on the newest version.';

export interface RunDueStepsReply {
  /** Steps that were finished, whatever came of them. */
  steps: number;
  messagesQueued: number;
  runsDone: number;
  runsParked: number;
  retried: number;
}

export interface FlowRunDeps extends StepTools {
  database: Database;
  clock: Clock;
  systemClock: Clock;
  logger: Logger;
}

/** Does the steps of flow runs as they fall due. Any number of these may work on the same database. */
export class FlowRunService {
  readonly #deps: FlowRunDeps;
  readonly #graphs = new Map<string, FlowGraph>();
  readonly #wants = new WeakMap<FlowGraph, GraphWants>();
  readonly #settle: (settlement: StepSettlement) => Promise<boolean>;

  constructor(deps: FlowRunDeps) {
    this.#deps = deps;
    const { database, clock } = deps;
    this.#settle = holdTogether(batchSize, (settlements) =>
      settleSteps(database, { settlements, now: clock.now() }),
    );
  }

  /** How many steps and messages are due, counted up to some thousands: for deciding how many workers it takes. */
  async countDue(now: Date): Promise<{ steps: number; messages: number }> {
    const { database, systemClock } = this.#deps;
    return countDue(database, { now, systemNow: systemClock.now(), most: mostCounted });
  }

  /** Goes on until nothing is due or `maxSteps` were claimed. */
  async runDueSteps(options: { maxSteps?: number } = {}): Promise<RunDueStepsReply> {
    const { database, clock, systemClock } = this.#deps;
    const reply: RunDueStepsReply = { steps: 0, messagesQueued: 0, runsDone: 0, runsParked: 0, retried: 0 };
    let left = options.maxSteps ?? 100_000;
    while (left > 0) {
      const now = clock.now();
      const systemNow = systemClock.now();
      const limit = Math.min(batchSize, left);
      const steps = await claimDueSteps(database, {
        now,
        systemNow,
        holder: `steps:${randomUUID()}`,
        leaseSeconds,
        limit,
      });
      if (steps.length === 0) break;
      left -= steps.length;
      await this.#doAll(await this.#ask(steps, now), new Date(systemNow.getTime() + latestBeginMs), reply);
    }
    return reply;
  }

  async #doAll(questions: AskedStep[], latestBegin: Date, reply: RunDueStepsReply): Promise<void> {
    // What is done is settled while the next is done, so that all of it travels together.
    const settled: Promise<void>[] = [];
    const done = eachAtOnce(questions, concurrency, async (question) => {
      const isLate = this.#deps.systemClock.now() > latestBegin;
      const settlement = isLate ? giveBack(question.step) : await this.#do(question);
      settled.push(this.#conclude(settlement, reply));
    });
    const [outcome] = await Promise.allSettled([done]);
    await Promise.all(settled);
    if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** The steps with all that is needed to do them; what is gone is null. */
  async #ask(steps: ClaimedStep[], now: Date): Promise<AskedStep[]> {
    const { database } = this.#deps;
    const missing = [...new Set(steps.map((step) => step.versionId))].filter((id) => !this.#graphs.has(id));
    if (missing.length > 0) {
      if (this.#graphs.size > maxCachedGraphs) this.#graphs.clear();
      for (const [id, graph] of await loadGraphs(database, missing)) this.#graphs.set(id, graph);
    }
    const asked = steps.map((step) => {
      const graph = this.#graphs.get(step.versionId) ?? emptyGraph;
      return { step, graph, node: findNode(graph, step.nodeId) ?? null };
    });
    const contexts = await this.#loadContexts(asked);
    return asked.map(({ step, graph, node }) => ({
      step,
      graph,
      node,
      now,
      context: contexts[step.runId] ?? null,
    }));
  }

  /** What is known of the customers of those steps that ask for it, by run. */
  async #loadContexts(
    asked: Pick<AskedStep, 'step' | 'node' | 'graph'>[],
  ): Promise<Record<string, StepContext | null>> {
    const asking = asked.filter(({ node, graph }) => node && needsContext(node, graph));
    if (asking.length === 0) return {};
    const idsOf = (wants: (graph: FlowGraph) => boolean) =>
      asking.filter(({ graph }) => wants(graph)).map(({ step }) => step.runId);
    return loadStepContexts(this.#deps.database, {
      runs: idsOf(() => true),
      withHistory: idsOf((graph) => this.#wantsOf(graph).history),
      withSteps: idsOf((graph) => this.#wantsOf(graph).steps),
    });
  }

  #wantsOf(graph: FlowGraph): GraphWants {
    const known = this.#wants.get(graph);
    if (known) return known;
    const wants = wantsOfGraph(graph);
    this.#wants.set(graph, wants);
    return wants;
  }

  async #do(asked: AskedStep): Promise<StepSettlement> {
    const { step, node } = asked;
    const { clock } = this.#deps;
    const startedAt = clock.now();
    const held = () => ({ ...heldBy(step), startedAt, finishedAt: clock.now() });
    if (!node) return { ...held(), type: 'fail', input: null, error: nodeIsGone };
    try {
      const question = { ...asked, node };
      const result = await doStep(question, this.#deps);
      if (result.type === 'failed') return { ...held(), ...this.#retryOrFail(step, result, asked.now) };
      return { ...held(), ...settlementOf(question, result) };
    } catch (error) {
      return { ...held(), ...this.#retryOrFail(step, { input: null, error }, asked.now) };
    }
  }

  #retryOrFail(step: ClaimedStep, { input, error }: Omit<FailedResult, 'type'>, now: Date): Outcome {
    // An AppError of the database means that nothing can be written down either: the lease will run out.
    if (error instanceof AppError && error.code === 'internal') throw error;
    const isKnown =
      error instanceof IntegrationError ||
      error instanceof TemplateError ||
      error instanceof StepError ||
      error instanceof AppError;
    if (!isKnown)
      this.#deps.logger.error(
        { err: error, stepId: step.id, runId: step.runId },
        'A step failed unexpectedly.',
      );
    const message = isKnown ? error.message : 'An unexpected error; the log has it.';
    const decision =
      error instanceof TemplateError || error instanceof StepError
        ? ({ type: 'stop' } as const)
        : decideRetry(error, step.attempts);
    if (decision.type === 'stop') return { type: 'fail', input, error: message };
    const dueAt = addMinutes(now, decision.afterMs / 60_000);
    return { type: 'release', dueAt, attempts: step.attempts, input, error: message };
  }

  async #conclude(settlement: StepSettlement, reply: RunDueStepsReply): Promise<void> {
    if (!(await this.#settle(settlement))) return;
    if (settlement.type === 'release') {
      if (settlement.error !== null) reply.retried += 1;
      return;
    }
    reply.steps += 1;
    if (settlement.type === 'fail') reply.runsParked += 1;
    else if (settlement.message) reply.messagesQueued += 1;
    if (settlement.type === 'finish' && settlement.runStatus === 'done') reply.runsDone += 1;
  }
}

/** A settlement without whose it is. */
type Outcome = StepSettlement extends infer Settlement
  ? Settlement extends StepSettlement
    ? Omit<Settlement, keyof Held | 'startedAt' | 'finishedAt'>
    : never
  : never;

type FailedResult = Extract<StepResult, { type: 'failed' }>;

/** A claimed step with all that is needed to do it; what is gone is null. */
type AskedStep = Omit<StepQuestion, 'node'> & { node: FlowNode | null };

function heldBy({ id, holder }: ClaimedStep): Held {
  return { id, holder };
}

function giveBack(step: ClaimedStep): StepSettlement {
  return {
    ...heldBy(step),
    startedAt: null,
    finishedAt: null,
    type: 'release',
    dueAt: step.dueAt,
    attempts: step.attempts - 1,
    input: null,
    error: null,
  };
}

function settlementOf(
  { step, node, graph }: StepQuestion,
  result: Exclude<StepResult, FailedResult>,
): Outcome {
  if (result.type === 'wait')
    return { type: 'release', dueAt: result.dueAt, attempts: 0, input: null, error: null };
  const { at, outcome, status, input, output, message, ended } = result;
  const visit = followingVisit(node, step.visit);
  const next = ended
    ? []
    : nextSteps(graph, node, outcome).map((following) =>
        stepAt(following, { visit, enteredAt: at, facts: scheduleFactsOf(step) }),
      );
  const runStatus = ended ? 'ended' : next.length === 0 ? 'done' : null;
  return {
    type: 'finish',
    status,
    input,
    output,
    outcome,
    next,
    message,
    runStatus,
    endedReason: ended,
  };
}
