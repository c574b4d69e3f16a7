import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { scheduleMoments } from '../flow/scheduleMoments.ts';
import type { Database } from '../repositories/database.ts';
import {
  advanceEnrolment,
  advanceSchedule,
  listDueSchedules,
  requestEnrolment,
  startAppointmentRuns,
  startFlow,
  tellNews,
  type StartedCounts,
  type StartOutcome,
} from '../repositories/flowStartRepository.ts';
import { findFlow, findVersion } from '../repositories/flowRepository.ts';
import type { EnrolmentSource } from '../schemas/runApi.ts';
import { countEnrolments, type CountedEnrolment } from './countEnrolment.ts';
import type { StartFlow } from './createChouHost.ts';

const batchSize = 200;
/** What one round takes on; the rest waits for the next, and is not forgotten. */
const mostPerRound = 10_000;

/** Starts flows otherwise than by what reads bring: near appointments, set times, everybody in a state, by hand, from another flow. */
export class FlowStartService {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  /**
   * Starts what time has made due. Any number of these may run at once, and any may be interrupted. A part that fails holds
   * up no other: it is thrown once the others are done.
   */
  async startDue(): Promise<{ started: number }> {
    const database = this.#database;
    const now = this.#clock.now();
    const limit = batchSize;
    const [, , appointments = 0, enrolled = 0] = await doEach([
      () => this.#advanceSchedules(now),
      () => tellNews(database, { now, limit: mostPerRound }),
      () => inBatches(() => startAppointmentRuns(database, { now, limit })),
      () => inBatches(() => advanceEnrolment(database, { now, limit })),
    ]);
    return { started: appointments + enrolled };
  }

  /**
   * How many runs would begin if everybody whom the published version, or the draft, speaks of entered the flow now; null
   * where that is nobody who stands somewhere, or nothing is published.
   */
  async countEnrolment(
    workspaceId: string,
    flowId: string,
    of: EnrolmentSource = 'published',
  ): Promise<CountedEnrolment | null> {
    const database = this.#database;
    const flow = await findFlow(database, workspaceId, flowId);
    if (!flow) throw new AppError('not_found', 'This flow does not exist.');
    const published = flow.published_version_id;
    const version =
      of === 'published' && published ? await findVersion(database, workspaceId, published) : null;
    const graph = of === 'draft' ? flow.draft : version?.graph;
    if (!graph) return null;
    const deps = { database, clock: this.#clock };
    const [counted] = await countEnrolments(deps, workspaceId, [{ flowId, graph }]);
    return counted ?? null;
  }

  /** Has everybody who is in the flow's states enter it, once for the request, if it is still as many as were shown. */
  async enrol(request: {
    workspaceId: string;
    flowId: string;
    requestId: string;
    expected: number;
    actor: string;
  }): Promise<{ count: number }> {
    const { workspaceId, flowId, expected } = request;
    const counted = await this.countEnrolment(workspaceId, flowId);
    // What the trigger asks of each was asked here; that they are as many as were asked is made sure of where they start.
    const entrants = counted && counted.count === expected ? counted.entrants : -1;
    const now = this.#clock.now();
    const outcome = await requestEnrolment(this.#database, { ...request, expected: entrants, now });
    switch (outcome) {
      case 'requested':
      case 'known':
        return { count: expected };
      case 'changed': {
        const message = `It would be ${counted?.count ?? 0} now, not ${expected}. Look again, then confirm.`;
        throw new AppError('conflict', message);
      }
      case 'not_found':
        throw new AppError('not_found', 'This flow does not exist.');
      case 'not_live':
        throw new AppError('conflict', 'This flow is not live. Publish it or let it go on first.');
      case 'no_states':
        throw new AppError('conflict', 'What starts this flow is no state: nobody is in it now.');
    }
  }

  /** Starts a live flow for a journey by hand, once for the request. */
  async startByHand(start: {
    workspaceId: string;
    flowId: string;
    journeyId: string;
    requestId: string;
    actor: string;
  }): Promise<{ runId: string | null }> {
    const { requestId, actor, ...what } = start;
    const outcome = await startFlow(this.#database, {
      ...what,
      key: `manual:${requestId}`,
      kind: 'manual',
      startedBy: `member:${actor}`,
      actor,
      now: this.#clock.now(),
    });
    if (outcome.outcome === 'started') return { runId: outcome.runId ?? null };
    const isMissing = outcome.outcome === 'no_flow' || outcome.outcome === 'no_journey';
    throw new AppError(isMissing ? 'not_found' : 'conflict', refusals[outcome.outcome]);
  }

  /**
   * Starts a flow for a journey from a step of another one, once for the step's key. That somebody is in it, or may not
   * enter it again, is an answer; what cannot be started at all is an IntegrationError.
   */
  startFlow: StartFlow = async ({ workspaceId, flowId, journeyId, key, startedBy }) => {
    const found = await startFlow(this.#database, {
      workspaceId,
      flowId,
      journeyId,
      key: `flow:${key}`,
      kind: 'flow',
      startedBy,
      actor: null,
      now: this.#clock.now(),
    });
    const { outcome } = found;
    if (outcome === 'started') return { started: true, reason: null };
    const reason = refusals[outcome];
    if (outcome === 'duplicate' || outcome === 'repeat') return { started: false, reason };
    throw new IntegrationError(outcome === 'circle' ? 'invalid' : 'not_found', reason);
  };

  async #advanceSchedules(now: Date): Promise<number> {
    const schedules = await listDueSchedules(this.#database, now);
    await doEach(
      schedules.map((schedule) => async () => {
        const moments = scheduleMoments({ ...schedule, now });
        await advanceSchedule(this.#database, schedule, { ...moments, now });
      }),
    );
    return schedules.length;
  }
}

/** Why nothing began. */
const refusals = {
  no_flow: 'This flow does not exist.',
  no_journey: 'This customer’s opportunity does not exist.',
  not_live: 'This flow is not live. Publish it or let it go on first.',
  duplicate: 'The customer is in this flow already.',
  repeat: 'The customer was in this flow before, and it does not take people again yet.',
  circle: 'These flows start each other in a circle. Change one of them.',
} as const satisfies Record<Exclude<StartOutcome['outcome'], 'started'>, string>;

/** Does one after the other, all of them; what failed is thrown at the end. */
async function doEach<Result>(works: readonly (() => Promise<Result>)[]): Promise<Result[]> {
  const results: Result[] = [];
  const failures: unknown[] = [];
  for (const work of works) {
    try {
      results.push(await work());
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, 'Some flows could not be started.');
  return results;
}

/** Goes on until nothing is left, or the round has taken on enough; answers how many started. */
async function inBatches(next: () => Promise<StartedCounts | null>): Promise<number> {
  let started = 0;
  for (let looked = 0; looked < mostPerRound;) {
    const counts = await next();
    if (!counts || counts.looked === 0) break;
    looked += counts.looked;
    started += counts.started;
  }
  return started;
}
