import type { Sleep, Stopwatch } from '../../retry.ts';

/** A pause asked for by the other side is honoured for everybody up to this long; beyond it each call fails alone. */
const longestPauseMs = 30_000;

/**
 * A token bucket for one tenant. It holds `burst` calls and refills with `perSecond`, so any one second sees at most
 * their sum. Callers are served in the order in which they came.
 */
export class RateLimiter {
  readonly #stopwatch: Stopwatch;
  readonly #sleep: Sleep;
  readonly #intervalMs: number;
  readonly #burstMs: number;
  /** When the bucket will be full again; the further ahead, the emptier it is. */
  #fullAt = 0;

  constructor(options: { stopwatch: Stopwatch; sleep: Sleep; perSecond: number; burst: number }) {
    this.#stopwatch = options.stopwatch;
    this.#sleep = options.sleep;
    this.#intervalMs = 1000 / options.perSecond;
    this.#burstMs = this.#intervalMs * options.burst;
  }

  /** Waits until a call may be made. */
  async take(signal?: AbortSignal): Promise<void> {
    const now = this.#stopwatch();
    this.#fullAt = Math.max(this.#fullAt, now) + this.#intervalMs;
    const waitMs = this.#fullAt - this.#burstMs - now;
    if (waitMs > 0) await this.#sleep(Math.ceil(waitMs), signal);
  }

  /** Keeps everybody waiting, as the other side asked for. */
  pause(milliseconds: number): void {
    const until = this.#stopwatch() + Math.min(milliseconds, longestPauseMs);
    this.#fullAt = Math.max(this.#fullAt, until + this.#burstMs);
  }
}
