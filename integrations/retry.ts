import { setTimeout as wait } from 'node:timers/promises';
import { IntegrationError } from './errors.ts';

export interface RetryPolicy {
  maxTries: number;
  /** No further try starts later than this after the first one did. */
  maxTotalMs: number;
  firstDelayMs: number;
  maxDelayMs: number;
}

export const defaultRetryPolicy: RetryPolicy = {
  maxTries: 5,
  maxTotalMs: 90_000,
  firstDelayMs: 500,
  maxDelayMs: 20_000,
};

export interface Attempt {
  /** 1 for the first try. */
  number: number;
  elapsedMs: number;
  /** 0 up to, but not including, 1. */
  random: number;
}

export type RetryDecision = { retry: false } | { retry: true; delayMs: number };

/**
 * Whether a failed try is repeated, and when. Only what may pass by itself is tried again, and a write only where
 * nothing can have been done.
 */
export function shouldRetry(
  failure: Pick<IntegrationError, 'kind' | 'outcomeUnknown' | 'retryAfterMs'>,
  attempt: Attempt,
  policy: RetryPolicy = defaultRetryPolicy,
): RetryDecision {
  if (failure.kind !== 'rate_limited' && failure.kind !== 'unavailable') return { retry: false };
  if (failure.outcomeUnknown || attempt.number >= policy.maxTries) return { retry: false };
  const backoff = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** (attempt.number - 1));
  // Half fixed, half random: callers that failed together do not return together.
  const jittered = backoff / 2 + (backoff / 2) * attempt.random;
  const delayMs =
    failure.retryAfterMs === undefined
      ? jittered
      : failure.retryAfterMs + policy.firstDelayMs * attempt.random;
  if (attempt.elapsedMs + delayMs > policy.maxTotalMs) return { retry: false };
  return { retry: true, delayMs: Math.ceil(delayMs) };
}

/** Nobody plans further ahead: what asks for more is a mistake, or is asked again by then. */
const longestRetryAfterMs = 3_600_000;

/** Milliseconds that a Retry-After header asks to wait, an hour at most: seconds, perhaps fractional, or an HTTP date. */
export function parseRetryAfter(value: string | undefined, now: Date): number | undefined {
  const text = value?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(longestRetryAfterMs, Math.ceil(Number(text) * 1000));
  // Date.parse alone would read "-5" or "2.x" as a year.
  const date = /[a-z]{3}/i.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(date)) return undefined;
  return Math.min(longestRetryAfterMs, Math.max(0, date - now.getTime()));
}

export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Waits on the process's timer; returns early when the signal fires, which the caller checks. */
export const sleep: Sleep = async (milliseconds, signal) => {
  try {
    await wait(milliseconds, undefined, signal ? { signal } : {});
  } catch (error) {
    if (!signal?.aborted) throw error;
  }
};

/** Milliseconds since some moment. Pace on the wire is real time, whatever the application's clock is moved to. */
export type Stopwatch = () => number;

export const stopwatch: Stopwatch = () => performance.now();

export interface RetryDeps {
  stopwatch: Stopwatch;
  random: () => number;
  sleep: Sleep;
  policy: RetryPolicy;
  onRetry?: (error: IntegrationError, delayMs: number) => void;
}

/**
 * Runs `run` until it succeeds or `shouldRetry` says stop, then throws its last error. `prepare` comes before every
 * try (a fresh token each time) and its own failures are final.
 */
export async function withRetry<Prepared, Result>(
  deps: RetryDeps,
  steps: {
    prepare: () => Promise<Prepared>;
    run: (prepared: Prepared) => Promise<Result>;
    signal?: AbortSignal | undefined;
  },
): Promise<Result> {
  let startedAt: number | undefined;
  for (let number = 1; ; number += 1) {
    const prepared = await steps.prepare();
    // From here on only: a long wait for the first try is no reason to give up after it.
    startedAt ??= deps.stopwatch();
    try {
      return await steps.run(prepared);
    } catch (error) {
      if (!(error instanceof IntegrationError) || steps.signal?.aborted) throw error;
      const elapsedMs = deps.stopwatch() - startedAt;
      const decision = shouldRetry(error, { number, elapsedMs, random: deps.random() }, deps.policy);
      if (!decision.retry) throw error;
      deps.onRetry?.(error, decision.delayMs);
      await deps.sleep(decision.delayMs, steps.signal);
      if (steps.signal?.aborted) throw error;
    }
  }
}
