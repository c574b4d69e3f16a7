import type { z } from 'zod';
import type { CallPriority } from '../../calls/callPriority.ts';
import type { CallQueue } from '../../calls/CallQueue.ts';
import type { Circuit } from '../../calls/Circuit.ts';
import { SharedCalls } from '../../calls/SharedCalls.ts';
import type { FreshToken, TokenCache } from '../../calls/TokenCache.ts';
import type { Clock } from '../../clock.ts';
import { IntegrationError } from '../../errors.ts';
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
import { queryText, type Query } from './queryText.ts';
import { requestToken } from './requestToken.ts';
import { nothing } from './operations/operation.ts';
import type { ServiceTitanConfig } from './ServiceTitanConfig.ts';
import { callBudget, tokenKey, turnKey } from './sharedKeys.ts';

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
  /** What this client has in common with others; without it, it is on its own. */
  shared?: SharedCalls | undefined;
  /** Whose circuit its failures count for; without one they count for nothing. */
  connectionId?: string | undefined;
  priority?: CallPriority | undefined;
}

export interface ApiCall<Reply> {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the host, with {tenant} for the tenant: `crm/v2/tenant/{tenant}/customers`. */
  path: string;
  /** The path as declared, for messages and logs: the one that is called may hold an e-mail address. */
  what?: string | undefined;
  query?: Query | undefined;
  body?: unknown;
  /** What the answer must be; an empty one is undefined. */
  schema: z.ZodType<Reply>;
  /** Whether doing it twice is the same as doing it once. */
  repeatable: boolean;
  priority?: CallPriority | undefined;
  /** Calls of the same name are made once in an interval only, as ServiceTitan asks for reports. */
  turn?: { name: string; intervalMs: number } | undefined;
  signal?: AbortSignal | undefined;
}

const maxBytes = 64 * 1024 * 1024;
const tokenTimeoutMs = 20_000;
const mostAdmissions = 5;

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
  readonly #priority: CallPriority;
  readonly #shared: SharedCalls;
  readonly #token: TokenCache;
  readonly #queue: CallQueue;
  readonly #circuit: Circuit | undefined;

  constructor(options: TransportOptions) {
    this.clock = options.clock;
    this.sleep = options.sleep ?? sleep;
    this.random = options.random ?? Math.random;
    this.#stopwatch = options.stopwatch ?? stopwatch;
    this.retryPolicy = options.retryPolicy ?? defaultRetryPolicy;
    this.#config = options.config;
    this.#logger = options.logger;
    this.#timeoutMs = options.timeoutMs ?? 60_000;
    this.#priority = options.priority ?? 'flow';
    const shared = options.shared ?? new SharedCalls(options);
    const renew = () => this.#renewToken();
    this.#shared = shared;
    this.#token = shared.tokenOf(tokenKey(options.config), renew);
    this.#queue = shared.queueOf(callBudget(options.config));
    this.#circuit = options.connectionId ? shared.circuitOf(options.connectionId, 'ServiceTitan') : undefined;
  }

  /** Any call. Sent again only where ServiceTitan cannot have done it, or where it may be done twice (`repeatable`). */
  async request<Reply>(call: ApiCall<Reply>): Promise<Reply> {
    const send = () => this.#send(call);
    return this.#circuit ? await this.#circuit.guard(send, call.signal) : await send();
  }

  async #send<Reply>(call: ApiCall<Reply>): Promise<Reply> {
    let isRenewed = false;
    return await withRetry(this.#retryDeps(call), {
      signal: call.signal,
      prepare: () => this.#admit(call),
      run: async (token) => {
        let reply = await this.#callApi(call, token);
        if (isAboutToken(reply) && !isRenewed) {
          isRenewed = true;
          await this.#token.discard(token);
          reply = await this.#callApi(call, await this.#admit(call));
        }
        if (reply.status >= 200 && reply.status < 300) return this.#parse(call, reply);
        throw await this.#failed(call, reply);
      },
    });
  }

  /**
   * Waits for a turn and for the rate, and gives the token to call with, anew for every try. Where the token died
   * meanwhile, so does the right to call: while another is asked for, its moment passes.
   */
  async #admit({ signal, turn, priority }: ApiCall<unknown>): Promise<string> {
    await this.#token.get(signal);
    if (turn) await this.#awaitTurn(turn, signal);
    for (let tries = 0; tries < mostAdmissions; tries += 1) {
      await this.#token.get(signal);
      await this.#queue.take(priority ?? this.#priority, signal);
      const token = this.#token.live;
      if (token !== undefined) return token;
    }
    throw new IntegrationError(
      'unexpected',
      "ServiceTitan's tokens end before they can be used: check this server's clock.",
    );
  }

  async #awaitTurn(
    { name, intervalMs }: { name: string; intervalMs: number },
    signal?: AbortSignal,
  ): Promise<void> {
    const startedAt = this.#stopwatch();
    for (;;) {
      const waitMs = await this.#shared.rates.claimTurn(turnKey(this.#config, name), intervalMs);
      if (waitMs <= 0) return;
      if (signal?.aborted || this.#stopwatch() - startedAt + waitMs > this.retryPolicy.maxTotalMs) {
        throw new IntegrationError(
          'rate_limited',
          `ServiceTitan answers ${name} once in ${Math.round(intervalMs / 1000)} seconds: try again later.`,
          { retryAfterMs: waitMs },
        );
      }
      await this.sleep(Math.ceil(waitMs), signal);
    }
  }

  async #failed(call: ApiCall<unknown>, reply: HttpReply): Promise<IntegrationError> {
    const failure = failureOf(reply, {
      tenantId: this.#config.tenantId,
      repeatable: call.repeatable,
      now: this.clock.now(),
    });
    const slowDown = failure.kind === 'rate_limited';
    const pauseMs = failure.retryAfterMs ?? 0;
    // Reports are counted apart: that one has to wait says nothing about other calls.
    if (call.turn) await this.#delayTurn(call.turn, pauseMs);
    else if (slowDown || pauseMs > 0) await this.#queue.throttle({ pauseMs, slowDown });
    return failure;
  }

  async #delayTurn({ name }: { name: string }, delayMs: number): Promise<void> {
    if (delayMs > 0) await this.#shared.rates.delayTurn(turnKey(this.#config, name), delayMs);
  }

  async #callApi(call: ApiCall<unknown>, token: string): Promise<HttpReply> {
    const { apiUrl, tenantId, appKey } = this.#config;
    const base = `${apiUrl}/${call.path.replace('{tenant}', String(tenantId))}`;
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

  #parse<Reply>(call: ApiCall<Reply>, reply: HttpReply): Reply {
    const what = `${call.method} ${pathInWords(call)}`;
    const details = { status: reply.status, outcomeUnknown: !call.repeatable };
    const value = parseJson(reply.text);
    const parsed = call.schema.safeParse(value);
    // An action's answer is not looked at, whatever it is.
    if (parsed.success && (value !== undefined || reply.text.trim() === '' || isIgnored(call.schema)))
      return parsed.data;
    throw unreadable(what, value === undefined ? reply.text : (parsed.error ?? reply.text), details);
  }

  async #renewToken(): Promise<FreshToken> {
    const timeoutMs = Math.min(tokenTimeoutMs, this.#timeoutMs);
    return await withRetry(this.#retryDeps({ method: 'POST', path: 'connect/token' }), {
      prepare: () => Promise.resolve(),
      run: () => requestToken(this.#config, { clock: this.clock, timeoutMs }),
    });
  }

  #retryDeps(call: Pick<ApiCall<unknown>, 'method' | 'path' | 'what'>) {
    return {
      stopwatch: this.#stopwatch,
      random: this.random,
      sleep: this.sleep,
      policy: this.retryPolicy,
      onRetry: ({ kind, status, requestId }: IntegrationError, delayMs: number) => {
        const { tenantId } = this.#config;
        const { method } = call;
        this.#logger?.warn(
          { tenantId, method, path: pathInWords(call), kind, status, requestId, delayMs },
          'ServiceTitan is asked again',
        );
      },
    };
  }
}

function isIgnored(schema: z.ZodType): boolean {
  return schema === nothing;
}

/** A path that may be shown: of what follows the tenant only words and numbers are. */
function pathInWords({ what, path }: Pick<ApiCall<unknown>, 'what' | 'path'>): string {
  const [module, rest] = (what ?? path).split('{tenant}/');
  if (what !== undefined || rest === undefined) return what ?? path;
  const segments = rest
    .split('/')
    .map((segment) => (/^(?:[a-z][a-z-]*|\d+)$/i.test(segment) ? segment : '…'));
  return `${module}{tenant}/${segments.join('/')}`;
}
