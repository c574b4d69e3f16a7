import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { IntegrationError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { Sleep } from '../retry.ts';
import {
  clockToleranceMs,
  isLive,
  type StoredToken,
  type TokenClaim,
  type TokenStore,
} from './TokenStore.ts';

export interface FreshToken {
  value: string;
  lifetimeMs: number;
}

interface TokenCacheOptions {
  key: string;
  store: TokenStore;
  clock: Clock;
  sleep: Sleep;
  logger?: Logger | undefined;
  request: () => Promise<FreshToken>;
}

/** Tokens live 900 s; a minute is kept back so that none dies between being taken and arriving, whoever's clock is used. */
const reserveMs = clockToleranceMs;
/** Who renews for all is waited for this long; then this process asks for itself. */
const longestWaitMs = 30_000;
const storeTries = 3;
const storePauseMs = 200;

/** One token for all calls with the same credentials: at most one request for it at a time, renewed before it expires. */
export class TokenCache {
  readonly #options: TokenCacheOptions;
  readonly #holder = randomUUID();
  #current: StoredToken | undefined;
  #refused: string | undefined;
  #pending: Promise<string> | undefined;
  #hasWarned = false;

  constructor(options: TokenCacheOptions) {
    this.#options = options;
  }

  /** The token where one is at hand: nothing is asked for. */
  get live(): string | undefined {
    const { clock } = this.#options;
    return this.#current && isLive(this.#current, clock.now()) ? this.#current.value : undefined;
  }

  /** The token. Who gives up waiting leaves the request to the others that wait for it. */
  async get(signal?: AbortSignal): Promise<string> {
    const { live } = this;
    if (live !== undefined) return live;
    this.#pending ??= this.#obtain().finally(() => {
      this.#pending = undefined;
    });
    return await unlessAborted(this.#pending, signal);
  }

  /** Forgets a token that was refused, for all that share it. One that has been replaced meanwhile is kept. */
  async discard(value: string): Promise<void> {
    const { key, store } = this.#options;
    if (this.#current?.value === value) this.#current = undefined;
    this.#refused = value;
    await this.#withStore(() => store.discard(key, value), undefined);
  }

  async #obtain(): Promise<string> {
    const { sleep } = this.#options;
    let waitedMs = 0;
    for (;;) {
      const claim = await this.#claim();
      // The store may still hold what was refused, where it could not be told or has not heard yet.
      if (claim.type === 'token' && claim.token.value !== this.#refused) {
        this.#current = claim.token;
        return claim.token.value;
      }
      if (claim.type !== 'wait' || waitedMs >= longestWaitMs) return await this.#renew();
      await sleep(claim.delayMs);
      waitedMs += claim.delayMs;
    }
  }

  async #claim(): Promise<TokenClaim> {
    const { key, store, clock } = this.#options;
    return await this.#withStore(() => store.claim(key, { holder: this.#holder, now: clock.now() }), {
      type: 'renew',
    });
  }

  async #renew(): Promise<string> {
    const { key, store, clock, request } = this.#options;
    const issuedAt = clock.now();
    try {
      const { value, lifetimeMs } = await request();
      const usableMs = Math.max(lifetimeMs - reserveMs, lifetimeMs / 2);
      const token = { value, issuedAt, renewAt: new Date(issuedAt.getTime() + usableMs) };
      this.#current = token;
      await this.#withStore(() => store.save(key, { holder: this.#holder, token }), undefined);
      return value;
    } catch (error) {
      await this.#withStore(() => store.release(key, this.#holder), undefined);
      throw error;
    }
  }

  /**
   * Without the store this process works on with a token of its own. A short failure is waited for: otherwise all
   * processes would ask for tokens of their own at once.
   */
  async #withStore<Result>(work: () => Promise<Result>, otherwise: Result): Promise<Result> {
    for (let tries = 1; ; tries += 1) {
      try {
        const result = await work();
        this.#hasWarned = false;
        return result;
      } catch (error) {
        if (tries === storeTries || this.#hasWarned) {
          this.#warn(error);
          return otherwise;
        }
      }
      await this.#options.sleep(tries * storePauseMs);
    }
  }

  #warn(error: unknown): void {
    if (this.#hasWarned) return;
    this.#hasWarned = true;
    const reason = error instanceof Error ? error.message : 'unknown';
    this.#options.logger?.warn(
      { reason },
      'The store of tokens cannot be used; this process asks for its own.',
    );
  }
}

async function unlessAborted(pending: Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  if (!signal) return await pending;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () =>
    aborted.reject(new IntegrationError('unavailable', 'The call was stopped before it was made.'));
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([pending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
