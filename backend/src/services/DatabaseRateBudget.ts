import { LocalRateBudget } from '#integrations/calls/LocalRateBudget.ts';
import type {
  CallBudget,
  Lease,
  LeaseRequest,
  RateBudget,
  Throttle,
} from '#integrations/calls/RateBudget.ts';
import { stopwatch } from '#integrations/retry.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import { claimTurn, delayTurn, leaseCalls, throttleCalls } from '../repositories/sharedCallsRepository.ts';
import { DatabaseReach } from './DatabaseReach.ts';

/** What one process takes of the limit while it cannot know what the others take. */
const shareWithoutDatabase = 1 / 8;

/** The rate budget that all processes share. While the database is away each goes on at a fraction of the pace. */
export class DatabaseRateBudget implements RateBudget {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #local = new LocalRateBudget(stopwatch);
  #isAway = false;

  constructor(deps: { database: Database; logger: Logger }) {
    this.#database = deps.database;
    this.#logger = deps.logger;
  }

  async lease(budget: CallBudget, request: LeaseRequest): Promise<Lease> {
    return await this.#orHere(
      () => leaseCalls(this.#database, budget, request),
      () => this.#local.lease(fractionOf(budget)),
    );
  }

  async throttle(budget: CallBudget, throttle: Throttle): Promise<void> {
    await this.#orHere(
      () => throttleCalls(this.#database, budget, throttle),
      () => this.#local.throttle(fractionOf(budget), throttle),
    );
  }

  async claimTurn(key: string, intervalMs: number): Promise<number> {
    return await this.#orHere(
      () => claimTurn(this.#database, key, intervalMs),
      () => this.#local.claimTurn(key, intervalMs),
    );
  }

  async delayTurn(key: string, delayMs: number): Promise<void> {
    await this.#orHere(
      () => delayTurn(this.#database, key, delayMs),
      () => this.#local.delayTurn(key, delayMs),
    );
  }

  async #orHere<Result>(work: () => Promise<Result>, otherwise: () => Promise<Result>): Promise<Result> {
    try {
      const result = await DatabaseReach.of(this.#database).ask(work);
      this.#isAway = false;
      return result;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!this.#isAway) {
        this.#logger.warn({ reason }, 'The shared rate budget cannot be used; this process slows down.');
      }
      this.#isAway = true;
      return await otherwise();
    }
  }
}

function fractionOf({ key, perSecond }: CallBudget): CallBudget {
  return { key, perSecond: perSecond * shareWithoutDatabase };
}
