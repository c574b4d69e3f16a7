/** Counts the requests of the last second, or of another window, per key; in real time: the sandbox's clock may stand still. */
export class RateLimiter {
  readonly #recent = new Map<string, number[]>();
  readonly #limit: number;
  readonly #realTime: () => number;
  readonly #windowMs: number;

  constructor(limit: number, realTime: () => number, windowMs = 1000) {
    this.#limit = limit;
    this.#realTime = realTime;
    this.#windowMs = windowMs;
  }

  /** Whether one more request fits; refused ones do not count. */
  admits(key: string, lowerLimit = Number.POSITIVE_INFINITY): boolean {
    const now = this.#realTime();
    const recent = (this.#recent.get(key) ?? []).filter((at) => at > now - this.#windowMs);
    const fits = recent.length < Math.min(this.#limit, lowerLimit);
    if (fits) recent.push(now);
    this.#recent.set(key, recent);
    return fits;
  }
}
