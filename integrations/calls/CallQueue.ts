import { randomUUID } from 'node:crypto';
import { IntegrationError } from '../errors.ts';
import type { Sleep, Stopwatch } from '../retry.ts';
import { callPriorities, type CallPriority } from './callPriority.ts';
import { longestPauseMs, type CallBudget, type RateBudget, type Throttle } from './RateBudget.ts';
import { RemoteTime } from './RemoteTime.ts';

interface Waiting {
  priority: CallPriority;
  until: number;
  go: () => void;
  fail: (error: unknown) => void;
}

interface QueueOptions {
  budget: CallBudget;
  rates: RateBudget;
  stopwatch: Stopwatch;
  sleep: Sleep;
}

/** A slot that is used later than this could meet those that follow it within the same second. */
const latenessMs = 25;
/** The next lease is asked for this long before the present one ends, so that there is no gap between them. */
const refillAheadMs = 150;
const askAgainMs = 120;
const windowMs = 1000;
/** Longer than any pause: who has waited so long is told instead of waiting on. */
const longestWaitMs = longestPauseMs + 30_000;
/** A second may see so much more than the budget before it passes ServiceTitan's limit, which the budget stays below. */
const overrun = 1.05;
/** Among so many calls one goes to who has waited longest, so that the least urgent is never starved. */
const fairEvery = 20;

/** The calls of this process that wait for the budget: each leased slot goes to the most urgent of them. */
export class CallQueue {
  readonly #options: QueueOptions;
  readonly #holder = randomUUID();
  readonly #time = new RemoteTime();
  #waiting: Waiting[] = [];
  #slots: number[] = [];
  #refill: Promise<void> | undefined;
  #isServing = false;
  #granted: { at: number; priority: CallPriority }[] = [];
  #grants = 0;
  #throttles = 0;
  #kept = 1;

  constructor(options: QueueOptions) {
    this.#options = options;
  }

  /** Waits until a call may be made, which must then be made at once. Throws rate_limited where that takes too long. */
  async take(priority: CallPriority, signal?: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const until = this.#options.stopwatch() + longestWaitMs;
    const waiting = { priority, until, go: resolve, fail: reject };
    const onAbort = () => {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      reject(new IntegrationError('unavailable', 'The call was stopped before it was made.'));
    };
    signal?.addEventListener('abort', onAbort, { once: true });
    this.#waiting.push(waiting);
    if (signal?.aborted) onAbort();
    void this.#serve();
    try {
      await promise;
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  /** Slows everybody down, as the other side asked for, and holds everybody for half a minute at most. */
  async throttle({ pauseMs, slowDown }: Throttle): Promise<void> {
    this.#slots = [];
    this.#throttles += 1;
    const { budget, rates } = this.#options;
    await rates.throttle(budget, { pauseMs: Math.min(pauseMs, longestPauseMs), slowDown });
  }

  async #serve(): Promise<void> {
    if (this.#isServing) return;
    this.#isServing = true;
    try {
      while (this.#waiting.length > 0) await this.#serveNext();
    } catch (error) {
      for (const { fail } of this.#waiting.splice(0)) fail(error);
    } finally {
      this.#isServing = false;
    }
  }

  async #serveNext(): Promise<void> {
    const { stopwatch, sleep } = this.#options;
    const slot = await this.#nextSlot();
    this.#giveUpLate();
    if (slot === undefined) {
      await sleep(askAgainMs);
      return;
    }
    const throttles = this.#throttles;
    // All wait equally long, so the first to come is the first to give up.
    const patience = this.#waiting[0]?.until ?? Number.POSITIVE_INFINITY;
    if (patience < slot) {
      this.#slots.unshift(slot);
      await sleep(Math.ceil(patience - stopwatch()));
      this.#giveUpLate();
      return;
    }
    const waitMs = slot - stopwatch();
    if (waitMs > 0) await sleep(Math.ceil(waitMs));
    const now = stopwatch();
    const hasLapsed = now - slot > latenessMs || throttles !== this.#throttles;
    const next = hasLapsed ? undefined : this.#takeMostUrgent();
    if (!next) return;
    this.#granted.push({ at: now, priority: next.priority });
    next.go();
  }

  #giveUpLate(): void {
    const now = this.#options.stopwatch();
    const late = this.#waiting.filter(({ until }) => until <= now);
    if (late.length === 0) return;
    this.#waiting = this.#waiting.filter(({ until }) => until > now);
    for (const { fail } of late) {
      fail(new IntegrationError('rate_limited', 'Too many calls wait for the same tenant: try again later.'));
    }
  }

  #takeMostUrgent(): Waiting | undefined {
    this.#grants += 1;
    if (this.#grants % fairEvery === 0) return this.#waiting.shift();
    for (const priority of callPriorities) {
      const index = this.#waiting.findIndex((waiting) => waiting.priority === priority);
      if (index !== -1) return this.#waiting.splice(index, 1)[0];
    }
    return undefined;
  }

  async #nextSlot(): Promise<number | undefined> {
    const now = this.#options.stopwatch();
    this.#slots = this.#slots.filter((slot) => now - slot <= latenessMs);
    if ((this.#slots.at(-1) ?? now) - now < refillAheadMs) {
      this.#refill ??= this.#lease().finally(() => {
        this.#refill = undefined;
      });
      // Asked for ahead of need: a failure shows, and is thrown, when the need is there.
      if (this.#slots.length > 0) this.#refill.catch(() => {});
      else await this.#refill;
    }
    return this.#slots.shift();
  }

  async #lease(): Promise<void> {
    const { budget, rates, stopwatch } = this.#options;
    const askedAt = stopwatch();
    const throttles = this.#throttles;
    const { now, slots, isLocal } = await rates.lease(budget, {
      holder: this.#holder,
      demands: this.#demands(askedAt),
      waiting: this.#waiting.length,
    });
    if (!isLocal) this.#time.note(now, { askedAt, answeredAt: stopwatch() });
    if (throttles !== this.#throttles) return;
    const leased = isLocal ? slots : this.#onStopwatch(slots);
    this.#slots = [...this.#slots, ...leased].toSorted((a, b) => a - b);
  }

  /**
   * When slots of another machine's time are here. As that is known only roughly, those of more than a second could
   * meet in one: the less is known, the more of them are left unused.
   */
  #onStopwatch(slots: readonly number[]): number[] {
    const spreadMs = 2 * this.#time.uncertaintyAt(this.#options.stopwatch()) + latenessMs;
    const share = Math.min(1, (overrun * windowMs) / (windowMs + spreadMs));
    return slots
      .filter(() => {
        this.#kept += share;
        const isKept = this.#kept >= 1;
        if (isKept) this.#kept -= 1;
        return isKept;
      })
      .map((slot) => this.#time.toLocal(slot));
  }

  /** What each priority needs in a second: as much as waits, and no less than what it was granted in the last one. */
  #demands(now: number): number[] {
    this.#granted = this.#granted.filter(({ at }) => now - at < windowMs);
    const count = (calls: readonly { priority: CallPriority }[], priority: CallPriority) =>
      calls.filter((call) => call.priority === priority).length;
    return callPriorities.map((priority) =>
      Math.max(count(this.#waiting, priority), count(this.#granted, priority)),
    );
  }
}
