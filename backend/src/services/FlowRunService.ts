import { randomUUID } from 'node:crypto';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { TemplateError } from '../email/liquidTemplate.ts';
import { AppError } from '../errors.ts';
import { addMinutes, scheduleOf } from '../flow/scheduleOf.ts';
import { findNode, nextSteps } from '../flow/nextSteps.ts';
import { decideRetry } from '../flow/retryStep.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  claimDueSteps,
  completeStep,
  failStep,
  loadGraphs,
  loadStepContexts,
  releaseStep,
  type ClaimedStep,
} from '../repositories/flowRunRepository.ts';
import type { FlowGraph, FlowNode } from '../schemas/flow.ts';
import { doStep, needsContext, type StepQuestion, type StepResult, type StepTools } from './doStep.ts';
import { eachAtOnce } from './eachAtOnce.ts';

const batchSize = 100;
const concurrency = 8;
const leaseSeconds = 300;
const maxCachedGraphs = 500;

export interface RunDueStepsReply {
  /** Steps that were finished, whatever came of them. */
  steps: number;
  messagesQueued: number;
  runsDone: number;
  runsFailed: number;
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
  readonly #worker = `steps:${randomUUID()}`;
  readonly #graphs = new Map<string, FlowGraph>();

  constructor(deps: FlowRunDeps) {
    this.#deps = deps;
  }

  /** Goes on until nothing is due or `maxSteps` were claimed. */
  async runDueSteps(options: { now?: Date; maxSteps?: number } = {}): Promise<RunDueStepsReply> {
    const { database, clock, systemClock } = this.#deps;
    const reply: RunDueStepsReply = { steps: 0, messagesQueued: 0, runsDone: 0, runsFailed: 0, retried: 0 };
    let left = options.maxSteps ?? 100_000;
    while (left > 0) {
      const now = options.now ?? clock.now();
      const systemNow = systemClock.now();
      const limit = Math.min(batchSize, left);
      const steps = await claimDueSteps(database, {
        now,
        systemNow,
        worker: this.#worker,
        leaseSeconds,
        limit,
      });
      if (steps.length === 0) break;
      left -= steps.length;
      const questions = await this.#ask(steps, now);
      await eachAtOnce(questions, concurrency, async (question) => this.#settle(question, reply));
    }
    return reply;
  }

  /** The steps with all that is needed to do them; what is gone is null. */
  async #ask(
    steps: ClaimedStep[],
    now: Date,
  ): Promise<(Omit<StepQuestion, 'node'> & { node: FlowNode | null })[]> {
    const { database } = this.#deps;
    const missing = [...new Set(steps.map((step) => step.versionId))].filter((id) => !this.#graphs.has(id));
    if (missing.length > 0) {
      if (this.#graphs.size > maxCachedGraphs) this.#graphs.clear();
      for (const [id, graph] of await loadGraphs(database, missing)) this.#graphs.set(id, graph);
    }
    const asked = steps.map((step) => {
      const graph = this.#graphs.get(step.versionId) ?? { nodes: [], edges: [] };
      return { step, graph, node: findNode(graph, step.nodeId) ?? null };
    });
    const runs = asked.filter(({ node }) => node && needsContext(node)).map(({ step }) => step.runId);
    const contexts = runs.length > 0 ? await loadStepContexts(database, runs) : {};
    return asked.map(({ step, graph, node }) => ({
      step,
      graph,
      node,
      now,
      context: contexts[step.runId] ?? null,
    }));
  }

  async #settle(
    asked: Omit<StepQuestion, 'node'> & { node: FlowNode | null },
    reply: RunDueStepsReply,
  ): Promise<void> {
    const { node } = asked;
    if (!node) {
      await this.#fail(asked.step, 'The node of this step is not in the flow.', asked.now, reply);
      return;
    }
    let result: StepResult;
    try {
      result = await doStep({ ...asked, node }, this.#deps);
    } catch (error) {
      await this.#retryOrFail(asked.step, error, asked.now, reply);
      return;
    }
    await this.#finish({ ...asked, node }, result, reply);
  }

  async #finish(
    { step, node, graph, now }: StepQuestion,
    result: StepResult,
    reply: RunDueStepsReply,
  ): Promise<void> {
    const { database } = this.#deps;
    const held = { stepId: step.id, worker: this.#worker };
    if (result.type === 'wait') {
      await releaseStep(database, { ...held, dueAt: result.dueAt, attempts: 0, error: null });
      return;
    }
    const { at, outcome } = result;
    const next = result.stop
      ? []
      : nextSteps(graph, node, outcome).map((following) => {
          const { dueAt, anchorMinutes } = scheduleOf(following, at, step.appointmentStart);
          return { nodeId: following.id, visit: 1, enteredAt: at, dueAt, anchorMinutes };
        });
    const runStatus = next.length === 0 ? 'done' : null;
    const { status, input, output, message } = result;
    const completion = { status, input, output, next, message, runStatus } as const;
    if (!(await completeStep(database, { ...held, completion, now }))) return;
    reply.steps += 1;
    if (message) reply.messagesQueued += 1;
    if (runStatus === 'done') reply.runsDone += 1;
  }

  async #retryOrFail(step: ClaimedStep, error: unknown, now: Date, reply: RunDueStepsReply): Promise<void> {
    const { database, logger } = this.#deps;
    // An AppError of the database means that nothing can be written down either: the lease will run out.
    if (error instanceof AppError && error.code === 'internal') throw error;
    const isKnown =
      error instanceof IntegrationError || error instanceof TemplateError || error instanceof AppError;
    if (!isKnown)
      logger.error({ err: error, stepId: step.id, runId: step.runId }, 'A step failed unexpectedly.');
    const message = isKnown ? error.message : 'An unexpected error; the log has it.';
    const decision =
      error instanceof TemplateError ? ({ type: 'stop' } as const) : decideRetry(error, step.attempts);
    if (decision.type === 'stop') {
      await this.#fail(step, message, now, reply);
      return;
    }
    const dueAt = addMinutes(now, decision.afterMs / 60_000);
    const later = { stepId: step.id, worker: this.#worker, dueAt, attempts: step.attempts, error: message };
    if (await releaseStep(database, later)) reply.retried += 1;
  }

  async #fail(step: ClaimedStep, error: string, now: Date, reply: RunDueStepsReply): Promise<void> {
    if (!(await failStep(this.#deps.database, { stepId: step.id, worker: this.#worker, error, now }))) return;
    reply.steps += 1;
    reply.runsFailed += 1;
  }
}
