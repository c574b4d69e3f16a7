import type { Clock } from '../clock.ts';
import { IntegrationError, type IntegrationErrorKind } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Stopwatch } from '../retry.ts';
import type { CircuitSnapshot, CircuitStore } from './CircuitStore.ts';

interface CircuitOptions {
  key: string;
  service: string;
  store: CircuitStore;
  clock: Clock;
  stopwatch: Stopwatch;
  logger?: Logger | undefined;
}

/** For so long what others have found out may be unknown here. */
const freshMs = 5000;

/** Whether an error says that the other side does not work, rather than that it refused or answered strangely. */
const counts = {
  unavailable: true,
  unexpected: false,
  auth: false,
  forbidden: false,
  invalid: false,
  not_found: false,
  rate_limited: false,
} as const satisfies Record<IntegrationErrorKind, boolean>;

/** Keeps calls from a service that has stopped answering, and tries it again from time to time. */
export class Circuit {
  readonly #options: CircuitOptions;
  #known: { snapshot: CircuitSnapshot; at: number } | undefined;
  #pending: Promise<CircuitSnapshot | null> | undefined;
  #hasWarned = false;

  constructor(options: CircuitOptions) {
    this.#options = options;
  }

  /** Makes a call unless the circuit is open, and learns from what becomes of it. */
  async guard<Result>(call: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    await this.#admit();
    try {
      const result = await call();
      await this.#noteAnswer();
      return result;
    } catch (error) {
      // A caller that gave up says nothing about the other side.
      if (error instanceof IntegrationError && !signal?.aborted) await this.#noteError(error);
      throw error;
    }
  }

  async #admit(): Promise<void> {
    const { key, store, stopwatch } = this.#options;
    const isFresh = this.#known && stopwatch() - this.#known.at < freshMs;
    const mayHaveEnded = this.#known?.snapshot.state !== 'closed';
    if (!isFresh || mayHaveEnded) {
      this.#pending ??= this.#learn(() => store.read(key)).finally(() => {
        this.#pending = undefined;
      });
      await this.#pending;
    }
    const snapshot = this.#known?.snapshot;
    if (!snapshot || snapshot.state === 'closed') return;
    if (snapshot.waitMs === 0 && (await this.#claimTrial())) return;
    throw this.#refusal(snapshot);
  }

  /** True also where the store cannot be asked: then nothing keeps calls back. */
  async #claimTrial(): Promise<boolean> {
    const { key, store } = this.#options;
    let isClaimed = true;
    await this.#learn(async () => {
      isClaimed = await store.claimTrial(key);
      return await store.read(key);
    });
    return isClaimed;
  }

  #refusal({ waitMs, failures, reason }: CircuitSnapshot): IntegrationError {
    const { service, clock } = this.#options;
    const until = new Date(clock.now().getTime() + waitMs).toISOString();
    const when = waitMs > 0 ? `until ${until}` : 'while one call tries whether it answers again';
    return new IntegrationError(
      'unavailable',
      `Calls to ${service} are paused ${when}: it failed ${failures} times in a row. ${reason ?? ''}`.trim(),
      { retryAfterMs: waitMs },
    );
  }

  async #noteAnswer(): Promise<void> {
    const { key, store } = this.#options;
    const snapshot = this.#known?.snapshot;
    if (!snapshot || (snapshot.state === 'closed' && snapshot.failures === 0)) return;
    await this.#learn(() => store.answered(key));
  }

  async #noteError(error: IntegrationError): Promise<void> {
    const { key, store } = this.#options;
    if (counts[error.kind]) await this.#learn(() => store.failed(key, error.message));
    // Without a status nothing was answered: the call was not even made.
    else if (error.status !== undefined) await this.#noteAnswer();
  }

  async #learn(ask: () => Promise<CircuitSnapshot>): Promise<CircuitSnapshot | null> {
    const { key, logger, stopwatch } = this.#options;
    try {
      const snapshot = await ask();
      this.#hasWarned = false;
      const former = this.#known?.snapshot.state ?? 'closed';
      this.#known = { snapshot, at: stopwatch() };
      const { state, failures, waitMs } = snapshot;
      if (state !== former)
        logger?.warn({ circuit: key, from: former, state, failures, waitMs }, 'A circuit changed');
      return snapshot;
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown';
      if (!this.#hasWarned) {
        logger?.warn({ circuit: key, reason }, 'The state of a circuit cannot be read or kept.');
      }
      this.#hasWarned = true;
      this.#known = undefined;
      return null;
    }
  }
}
