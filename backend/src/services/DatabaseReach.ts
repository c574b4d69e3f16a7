import { stopwatch, type Stopwatch } from '#integrations/retry.ts';
import type { Database } from '../repositories/database.ts';

/** What takes so long to fail is no refusal: the database hangs. A quick failure costs nobody time. */
const hangMs = 1000;
const askAgainMs = 5000;

/**
 * What is known of a database that hangs. Once somebody has found that out, all who share calls through it go on
 * without it at once, instead of each waiting in vain; every five seconds one question is put to it, for which nobody
 * waits.
 */
export class DatabaseReach {
  static readonly #known = new WeakMap<Database, DatabaseReach>();

  readonly #stopwatch: Stopwatch;
  #isAway = false;
  #askAgainAt = 0;

  constructor(watch: Stopwatch = stopwatch) {
    this.#stopwatch = watch;
  }

  /** The same for all that use the same client, however many have been made of them. */
  static of(database: Database): DatabaseReach {
    const reach = this.#known.get(database) ?? new DatabaseReach();
    this.#known.set(database, reach);
    return reach;
  }

  /** Asks the database; throws at once while it hangs. */
  async ask<Result>(question: () => Promise<Result>): Promise<Result> {
    if (!this.#isAway) return await this.#try(question);
    if (this.#stopwatch() >= this.#askAgainAt) {
      this.#askAgainAt = this.#stopwatch() + askAgainMs;
      // Only whether it answers matters here, and #try has seen that.
      this.#try(question).catch(() => {});
    }
    throw new Error('The database does not answer at the moment.');
  }

  async #try<Result>(question: () => Promise<Result>): Promise<Result> {
    const askedAt = this.#stopwatch();
    try {
      const answer = await question();
      this.#isAway = false;
      return answer;
    } catch (error) {
      const now = this.#stopwatch();
      if (now - askedAt >= hangMs) {
        this.#isAway = true;
        this.#askAgainAt = now + askAgainMs;
      }
      throw error;
    }
  }
}
