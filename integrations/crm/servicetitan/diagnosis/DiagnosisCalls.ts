import type { CallQueue } from '../../../calls/CallQueue.ts';
import { IntegrationError } from '../../../errors.ts';
import { callHttp, parseJson, type HttpReply, type HttpRequest } from '../../../http.ts';
import type { Sleep, Stopwatch } from '../../../retry.ts';
import { retryAfterOf } from '../failures.ts';
import { problemReply } from '../schemas/replies.ts';

export type Answer =
  | { type: 'json'; reply: HttpReply; value: unknown; sentAt: Date; receivedAt: Date }
  /** No JSON: somebody else's page. */
  | { type: 'page'; reply: HttpReply }
  | { type: 'silence'; error: IntegrationError; host: string };

interface Request extends Pick<HttpRequest, 'method' | 'url' | 'headers' | 'body'> {
  /** Whether it counts among the calls that the tenant limits; requests for tokens do not. */
  isCounted: boolean;
}

const mostRequests = 16;
const mostMs = 27_000;
const callTimeoutMs = 15_000;
const pauseMs = 100;
const longestRetryMs = 2000;

interface CallsDeps {
  clock: { now(): Date };
  sleep: Sleep;
  stopwatch: Stopwatch;
  timeoutMs?: number | undefined;
  /** Where the calls of everybody else wait as well. */
  queue?: CallQueue | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The calls of one diagnosis: few, one after the other with a pause, impatient, and one of them at most repeated.
 * Any answer is a result; throws only when the caller gives up.
 */
export class DiagnosisCalls {
  readonly requestIds: string[] = [];
  readonly #deps: CallsDeps;
  readonly #startedAt: number;
  #requests = 0;
  #mayRepeat = true;

  constructor(deps: CallsDeps) {
    this.#deps = deps;
    this.#startedAt = deps.stopwatch();
  }

  async call(request: Request): Promise<Answer> {
    const { sleep, signal } = this.#deps;
    if (this.#requests > 0) await sleep(pauseMs, signal);
    const answer = await this.#callOnce(request);
    const delayMs = this.#mayRepeat ? retryDelay(answer, this.#deps.clock.now()) : null;
    if (delayMs === null) return answer;
    this.#mayRepeat = false;
    await sleep(delayMs, signal);
    return await this.#callOnce(request);
  }

  async #callOnce({ isCounted, ...request }: Request): Promise<Answer> {
    const { clock, signal, queue } = this.#deps;
    const { host } = new URL(request.url);
    if (queue && isCounted && !(await this.#takeSlot(queue)))
      return { type: 'silence', error: tooManyCalls(), host };
    const left = this.#leftMs();
    if (left <= 0 || this.#requests >= mostRequests) return { type: 'silence', error: outOfTime(), host };
    this.#requests += 1;
    const sentAt = clock.now();
    try {
      const reply = await callHttp({
        ...request,
        service: 'ServiceTitan',
        repeatable: true,
        timeoutMs: Math.min(this.#deps.timeoutMs ?? callTimeoutMs, callTimeoutMs, left),
        maxBytes: 4 * 1024 * 1024,
        signal,
      });
      this.#noteRequestId(reply);
      if (isCounted && reply.status === 429) {
        await queue?.throttle({ pauseMs: retryAfterOf(reply, clock.now()) ?? 0, slowDown: true });
      }
      const value = parseJson(reply.text);
      if (value === undefined) return { type: 'page', reply };
      return { type: 'json', reply, value, sentAt, receivedAt: clock.now() };
    } catch (error) {
      if (!(error instanceof IntegrationError) || signal?.aborted) throw error;
      return { type: 'silence', error, host };
    }
  }

  /** Whether a call may be made before the time for all of them is over. */
  async #takeSlot(queue: CallQueue): Promise<boolean> {
    const { signal } = this.#deps;
    const deadline = AbortSignal.timeout(Math.max(1, this.#leftMs()));
    try {
      await queue.take('person', signal ? AbortSignal.any([signal, deadline]) : deadline);
      return true;
    } catch (error) {
      if (!(error instanceof IntegrationError) || signal?.aborted) throw error;
      return false;
    }
  }

  #leftMs(): number {
    return Math.max(0, Math.floor(mostMs - (this.#deps.stopwatch() - this.#startedAt)));
  }

  #noteRequestId(reply: HttpReply): void {
    const { traceId } = problemReply.safeParse(parseJson(reply.text)).data ?? {};
    // Somebody else may stand at the other end: nothing but an id is kept as an id.
    if (reply.status >= 400 && traceId && /^[\w:.|-]{1,100}$/.test(traceId)) this.requestIds.push(traceId);
  }
}

function outOfTime(): IntegrationError {
  return new IntegrationError('unavailable', 'The check took too long.', {
    cause: Object.assign(new Error('The check took too long.'), { code: 'ETIMEDOUT' }),
  });
}

function tooManyCalls(): IntegrationError {
  return new IntegrationError('rate_limited', 'Other calls to this tenant took all the time for the check.');
}

/** After how long an answer is asked for again; null where that would not help a person who waits. */
function retryDelay(answer: Answer, now: Date): number | null {
  if (answer.type === 'silence') return answer.error.kind === 'rate_limited' ? null : 500;
  const { status } = answer.reply;
  if (status === 429) {
    const wanted = retryAfterOf(answer.reply, now) ?? 1000;
    return wanted <= longestRetryMs ? wanted : null;
  }
  return status === 408 || status >= 500 ? 500 : null;
}
