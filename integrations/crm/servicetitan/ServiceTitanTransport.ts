import type { z } from 'zod';
import type { Clock } from '../../clock.ts';
import type { IntegrationError } from '../../errors.ts';
import { callHttp, parseJson, type HttpReply } from '../../http.ts';
import type { Logger } from '../../logger.ts';
import {
  defaultRetryPolicy,
  sleep,
  stopwatch,
  withRetry,
  type RetryPolicy,
  type Sleep,
  type Stopwatch,
} from '../../retry.ts';
import { failureOf, isAboutToken, unreadable } from './failures.ts';
import { RateLimiter } from './RateLimiter.ts';
import { requestToken } from './requestToken.ts';
import { ignoredReply } from './schemas/replies.ts';
import type { ServiceTitanConfig } from './ServiceTitanConfig.ts';
import { TokenCache, type FreshToken } from './TokenCache.ts';

export type Query = Record<string, string | number | boolean | undefined>;
type ApiModule = 'crm' | 'jpm' | 'sales' | 'settings' | 'marketing';

export interface Endpoint {
  module: ApiModule;
  /** What follows the tenant, for example `customers/7`. */
  path: string;
}

export interface TransportOptions {
  config: ServiceTitanConfig;
  clock: Clock;
  random?: (() => number) | undefined;
  sleep?: Sleep | undefined;
  stopwatch?: Stopwatch | undefined;
  logger?: Logger | undefined;
  retryPolicy?: RetryPolicy | undefined;
  /** How long one answer may take; ServiceTitan itself gives up after 100 s. */
  timeoutMs?: number | undefined;
}

const maxBytes = 64 * 1024 * 1024;
const tokenTimeoutMs = 20_000;

interface Call<Reply> extends Endpoint {
  method: 'GET' | 'POST';
  query?: Query | undefined;
  body?: unknown;
  schema: z.ZodType<Reply>;
  repeatable: boolean;
  signal?: AbortSignal | undefined;
}

/** Calls of one tenant: addresses, token, rate, retries, and answers parsed. */
export class ServiceTitanTransport {
  readonly clock: Clock;
  readonly retryPolicy: RetryPolicy;
  readonly sleep: Sleep;
  readonly random: () => number;
  readonly #stopwatch: Stopwatch;
  readonly #config: ServiceTitanConfig;
  readonly #logger: Logger | undefined;
  readonly #timeoutMs: number;
  readonly #tokens: TokenCache;
  readonly #limiter: RateLimiter;

  constructor(options: TransportOptions) {
    this.clock = options.clock;
    this.sleep = options.sleep ?? sleep;
    this.random = options.random ?? Math.random;
    this.#stopwatch = options.stopwatch ?? stopwatch;
    this.retryPolicy = options.retryPolicy ?? defaultRetryPolicy;
    this.#config = options.config;
    this.#logger = options.logger;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#tokens = new TokenCache({ clock: this.clock, request: () => this.#renewToken() });
    // ServiceTitan allows 60 requests in a second per app and tenant.
    this.#limiter = new RateLimiter({
      stopwatch: this.#stopwatch,
      sleep: this.sleep,
      perSecond: 50,
      burst: 10,
    });
  }

  async get<Reply>(call: Endpoint & Pick<Call<Reply>, 'query' | 'schema' | 'signal'>): Promise<Reply> {
    return await this.#send({ ...call, method: 'GET', repeatable: true });
  }

  /** A write. Sent again only where ServiceTitan cannot have done it, or where it may be done twice (`repeatable`). */
  async post<Reply>(
    call: Endpoint & Pick<Call<Reply>, 'body' | 'schema' | 'signal'> & { repeatable?: boolean },
  ): Promise<Reply> {
    return await this.#send({ repeatable: false, ...call, method: 'POST' });
  }

  /** A write whose answer holds nothing, and which may be done twice. */
  async command(call: Endpoint & Pick<Call<unknown>, 'body' | 'signal'>): Promise<void> {
    await this.#send({ ...call, method: 'POST', schema: ignoredReply, repeatable: true });
  }

  async #send<Reply>(call: Call<Reply>): Promise<Reply> {
    let renewed = false;
    const { signal } = call;
    return await withRetry(this.#retryDeps(call), {
      signal,
      // The token is taken last and anew for every try: waiting may have outlived the one before.
      prepare: async () => {
        await this.#limiter.take(signal);
        return await this.#tokens.get(signal);
      },
      run: async (token) => {
        let reply = await this.#callApi(call, token);
        if (isAboutToken(reply) && !renewed) {
          renewed = true;
          this.#tokens.discard(token);
          reply = await this.#callApi(call, await this.#tokens.get(signal));
        }
        if (reply.status >= 200 && reply.status < 300) return this.#parse(call, reply);
        const failure = failureOf(reply, {
          tenantId: this.#config.tenantId,
          repeatable: call.repeatable,
          now: this.clock.now(),
        });
        if (failure.retryAfterMs !== undefined) this.#limiter.pause(failure.retryAfterMs);
        throw failure;
      },
    });
  }

  async #callApi(call: Call<unknown>, token: string): Promise<HttpReply> {
    const { apiUrl, tenantId, appKey } = this.#config;
    const base = `${apiUrl}/${call.module}/v2/tenant/${tenantId}/${call.path}`;
    const query = queryText(call.query ?? {});
    return await callHttp({
      service: 'ServiceTitan',
      method: call.method,
      url: query ? `${base}?${query}` : base,
      headers: {
        Accept: 'application/json',
        Authorization: `Bearer ${token}`,
        'ST-App-Key': appKey,
        ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      repeatable: call.repeatable,
      timeoutMs: this.#timeoutMs,
      maxBytes,
      signal: call.signal,
    });
  }

  #parse<Reply>(call: Call<Reply>, reply: HttpReply): Reply {
    const what = `${call.method} ${call.path}`;
    const details = { status: reply.status, outcomeUnknown: !call.repeatable };
    const value = parseJson(reply.text);
    if (value === undefined && call.schema !== ignoredReply) throw unreadable(what, reply.text, details);
    const parsed = call.schema.safeParse(value);
    if (!parsed.success) throw unreadable(what, parsed.error, details);
    return parsed.data;
  }

  async #renewToken(): Promise<FreshToken> {
    const timeoutMs = Math.min(tokenTimeoutMs, this.#timeoutMs);
    return await withRetry(this.#retryDeps({ method: 'POST', path: 'connect/token' }), {
      prepare: () => Promise.resolve(),
      run: () => requestToken(this.#config, { clock: this.clock, timeoutMs }),
    });
  }

  #retryDeps(call: { method: string; path: string }) {
    return {
      stopwatch: this.#stopwatch,
      random: this.random,
      sleep: this.sleep,
      policy: this.retryPolicy,
      onRetry: ({ kind, status, requestId }: IntegrationError, delayMs: number) => {
        const { tenantId } = this.#config;
        const { method, path } = call;
        this.#logger?.warn(
          { tenantId, method, path, kind, status, requestId, delayMs },
          'ServiceTitan is asked again',
        );
      },
    };
  }
}

/** A query text; encodes `+`, which would arrive as a space. */
function queryText(query: Query): string {
  return Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
}
