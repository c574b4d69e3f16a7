import type { Stopwatch } from '../retry.ts';
import {
  recoveredRate,
  slowestPerSecond,
  type CallBudget,
  type Lease,
  type RateBudget,
  type Throttle,
} from './RateBudget.ts';

interface Pace {
  rate: number;
  ratedAt: number;
  nextAt: number;
  pausedUntil: number;
  slowedAt: number;
}

/** A budget that this process has for itself: for one-off use, for tests, and while the shared one is out of reach. */
export class LocalRateBudget implements RateBudget {
  readonly #stopwatch: Stopwatch;
  readonly #paces = new Map<string, Pace>();
  readonly #turns = new Map<string, number>();

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
  }

  lease(budget: CallBudget): Promise<Lease> {
    const now = this.#stopwatch();
    const pace = this.#paceOf(budget, now);
    const start = Math.max(now, pace.nextAt, pace.pausedUntil);
    const spacing = 1000 / pace.rate;
    const count = Math.ceil(pace.rate);
    pace.nextAt = start + count * spacing;
    return Promise.resolve({
      now,
      isLocal: true,
      slots: Array.from({ length: count }, (_, index) => start + index * spacing),
    });
  }

  throttle(budget: CallBudget, { pauseMs, slowDown }: Throttle): Promise<void> {
    const now = this.#stopwatch();
    const pace = this.#paceOf(budget, now);
    pace.pausedUntil = Math.max(pace.pausedUntil, now + pauseMs);
    // Calls that were under way together are refused together: that is one refusal.
    if (slowDown && now - pace.slowedAt >= 1000) {
      const floor = Math.min(slowestPerSecond, budget.perSecond);
      pace.rate = Math.max(floor, pace.rate / 2);
      pace.slowedAt = now;
    }
    // What was leased and not used is given up by the queue.
    pace.nextAt = now;
    return Promise.resolve();
  }

  claimTurn(key: string, intervalMs: number): Promise<number> {
    const now = this.#stopwatch();
    const freeAt = this.#turns.get(key) ?? now;
    if (freeAt > now) return Promise.resolve(freeAt - now);
    this.#turns.set(key, now + intervalMs);
    return Promise.resolve(0);
  }

  delayTurn(key: string, delayMs: number): Promise<void> {
    const freeAt = this.#stopwatch() + delayMs;
    this.#turns.set(key, Math.max(freeAt, this.#turns.get(key) ?? freeAt));
    return Promise.resolve();
  }

  #paceOf({ key, perSecond }: CallBudget, now: number): Pace {
    const known = this.#paces.get(key);
    const pace = known ?? {
      rate: perSecond,
      ratedAt: now,
      nextAt: now,
      pausedUntil: now,
      slowedAt: Number.NEGATIVE_INFINITY,
    };
    pace.rate = recoveredRate(pace.rate, { perSecond, elapsedMs: now - pace.ratedAt });
    pace.ratedAt = now;
    this.#paces.set(key, pace);
    return pace;
  }
}
