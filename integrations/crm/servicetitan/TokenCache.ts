import type { Clock } from '../../clock.ts';
import { IntegrationError } from '../../errors.ts';

export interface FreshToken {
  value: string;
  lifetimeMs: number;
}

/** Tokens live 900 s; a minute is kept back so that none dies between being taken and arriving. */
const reserveMs = 60_000;

/** One token for all calls of a tenant: at most one request for it at a time, renewed before it expires. */
export class TokenCache {
  readonly #clock: Clock;
  readonly #request: () => Promise<FreshToken>;
  #current: { value: string; renewAt: number } | undefined;
  #pending: Promise<string> | undefined;

  constructor(options: { clock: Clock; request: () => Promise<FreshToken> }) {
    this.#clock = options.clock;
    this.#request = options.request;
  }

  /** The token. Who gives up waiting leaves the request to the others that wait for it. */
  async get(signal?: AbortSignal): Promise<string> {
    if (this.#current && this.#clock.now().getTime() < this.#current.renewAt) return this.#current.value;
    this.#pending ??= this.#renew().finally(() => {
      this.#pending = undefined;
    });
    return await unlessAborted(this.#pending, signal);
  }

  /** Forgets a token that was refused. One that has been replaced meanwhile is kept. */
  discard(value: string): void {
    if (this.#current?.value === value) this.#current = undefined;
  }

  async #renew(): Promise<string> {
    const requestedAt = this.#clock.now().getTime();
    const { value, lifetimeMs } = await this.#request();
    this.#current = { value, renewAt: requestedAt + Math.max(lifetimeMs - reserveMs, lifetimeMs / 2) };
    return value;
  }
}

async function unlessAborted(pending: Promise<string>, signal: AbortSignal | undefined): Promise<string> {
  if (!signal) return await pending;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () =>
    aborted.reject(
      new IntegrationError('unavailable', 'The call to ServiceTitan was stopped before it was made.'),
    );
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([pending, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
