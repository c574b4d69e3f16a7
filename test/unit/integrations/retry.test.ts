import { expect, test } from 'vitest';
import { assert, double, integer, option, property } from 'fast-check';
import { IntegrationError, type IntegrationErrorKind } from '#integrations/errors.ts';
import { defaultRetryPolicy, parseRetryAfter, shouldRetry, withRetry } from '#integrations/retry.ts';

const now = new Date('2026-11-20T12:00:00Z');

function failure(kind: IntegrationErrorKind, more: { outcomeUnknown?: boolean; retryAfterMs?: number } = {}) {
  return new IntegrationError(kind, 'It failed: try again.', more);
}

test.each(['auth', 'not_found', 'invalid', 'forbidden', 'unexpected'] as const)(
  '%s is never repeated',
  (kind) => {
    expect(shouldRetry(failure(kind), { number: 1, elapsedMs: 0, random: 0 })).toEqual({ retry: false });
  },
);

test.each(['rate_limited', 'unavailable'] as const)('%s is repeated, later each time', (kind) => {
  const delays = [1, 2, 3, 4].map((number) =>
    shouldRetry(failure(kind), { number, elapsedMs: 0, random: 0 }),
  );
  expect(delays).toEqual([250, 500, 1000, 2000].map((delayMs) => ({ retry: true, delayMs })));
});

test('a write that may have been done is not repeated', () => {
  const error = failure('unavailable', { outcomeUnknown: true });
  expect(shouldRetry(error, { number: 1, elapsedMs: 0, random: 0 })).toEqual({ retry: false });
});

test('the fifth try is the last', () => {
  expect(shouldRetry(failure('unavailable'), { number: 5, elapsedMs: 0, random: 0 })).toEqual({
    retry: false,
  });
});

test('no try starts after the time for all of them, and one that just fits does', () => {
  const attempt = { number: 1, random: 0 };
  expect(shouldRetry(failure('unavailable'), { ...attempt, elapsedMs: 89_750 })).toEqual({
    retry: true,
    delayMs: 250,
  });
  expect(shouldRetry(failure('unavailable'), { ...attempt, elapsedMs: 89_751 })).toEqual({ retry: false });
});

test('a delay is never shorter than what was asked for, and never passes the limits', () => {
  assert(
    property(
      integer({ min: 1, max: 60 }),
      integer({ min: 0, max: 200_000 }),
      double({ min: 0, max: 0.999, noNaN: true }),
      option(integer({ min: 0, max: 200_000 }), { nil: undefined }),
      (number, elapsedMs, random, retryAfterMs) => {
        const error = { kind: 'rate_limited' as const, outcomeUnknown: false, retryAfterMs };
        const decision = shouldRetry(error, { number, elapsedMs, random });
        if (!decision.retry) return;
        expect(number).toBeLessThan(defaultRetryPolicy.maxTries);
        expect(decision.delayMs).toBeGreaterThanOrEqual(retryAfterMs ?? 1);
        expect(elapsedMs + decision.delayMs).toBeLessThanOrEqual(defaultRetryPolicy.maxTotalMs + 1);
      },
    ),
  );
});

test.each([
  ['3', 3000],
  [' 0.25 ', 250],
  ['0', 0],
  ['Fri, 20 Nov 2026 12:00:10 GMT', 10_000],
  ['Fri, 20 Nov 2026 11:00:00 GMT', 0],
  ['7200', 3_600_000],
  ['99999999999999999999', 3_600_000],
  ['Fri, 31 Dec 9999 23:59:59 GMT', 3_600_000],
  ['-5', undefined],
  ['soon', undefined],
  ['', undefined],
  [undefined, undefined],
])('Retry-After %s is %s ms', (value, expected) => {
  expect(parseRetryAfter(value, now)).toBe(expected);
});

function pace() {
  let elapsed = 0;
  const deps = {
    stopwatch: () => elapsed,
    random: () => 0,
    policy: defaultRetryPolicy,
    sleep: (milliseconds: number) => {
      elapsed += milliseconds;
      return Promise.resolve();
    },
  };
  return { deps, elapsed: () => elapsed };
}

test('what is prepared is prepared anew for every try', async () => {
  const { deps, elapsed } = pace();
  let prepared = 0;
  const result = await withRetry(deps, {
    prepare: () => Promise.resolve((prepared += 1)),
    run: (number) => (number < 3 ? Promise.reject(failure('unavailable')) : Promise.resolve(number)),
  });
  expect([result, elapsed()]).toEqual([3, 750]);
});

test('a failure to prepare is final', async () => {
  const { deps, elapsed } = pace();
  const preparing = withRetry(deps, {
    prepare: () => Promise.reject(failure('unavailable')),
    run: () => Promise.resolve(1),
  });
  await expect(preparing).rejects.toMatchObject({ kind: 'unavailable' });
  expect(elapsed()).toBe(0);
});

test('a mistake in the program is not repeated', async () => {
  const { deps, elapsed } = pace();
  const running = withRetry(deps, {
    prepare: () => Promise.resolve(),
    run: () => Promise.reject(new TypeError('undefined is not a function')),
  });
  await expect(running).rejects.toThrow(TypeError);
  expect(elapsed()).toBe(0);
});

test('a long wait for the first try is no reason to give up after it', async () => {
  const { deps } = pace();
  let tries = 0;
  await withRetry(deps, {
    prepare: async () => {
      if (tries === 0) await deps.sleep(100_000);
    },
    run: () => ((tries += 1) < 3 ? Promise.reject(failure('unavailable')) : Promise.resolve()),
  });
  expect(tries).toBe(3);
});
