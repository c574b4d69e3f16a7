import { expect, test } from 'vitest';
import { RateLimiter } from '#integrations/crm/servicetitan/RateLimiter.ts';
import { TokenCache } from '#integrations/crm/servicetitan/TokenCache.ts';

function startLimiter() {
  let elapsed = 0;
  const waits: number[] = [];
  const limiter = new RateLimiter({
    stopwatch: () => elapsed,
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
    perSecond: 50,
    burst: 10,
  });
  return { limiter, waits, advance: (milliseconds: number) => (elapsed += milliseconds) };
}

test('of calls that come at once the first ten go at once and the others one every 20 ms', async () => {
  const { limiter, waits } = startLimiter();
  await Promise.all(Array.from({ length: 13 }, () => limiter.take()));
  expect(waits).toEqual([20, 40, 60]);
});

test('no second sees more than sixty calls', async () => {
  const { limiter, waits } = startLimiter();
  await Promise.all(Array.from({ length: 200 }, () => limiter.take()));
  const starts = [...Array.from({ length: 10 }, () => 0), ...waits];
  const busiest = Math.max(
    ...starts.map((from) => starts.filter((start) => start >= from && start < from + 1000).length),
  );
  expect(busiest).toBeLessThanOrEqual(60);
});

test('the bucket fills again while nothing is called', async () => {
  const { limiter, waits, advance } = startLimiter();
  await Promise.all(Array.from({ length: 10 }, () => limiter.take()));
  advance(200);
  await Promise.all(Array.from({ length: 10 }, () => limiter.take()));
  expect(waits).toEqual([]);
});

test('a pause holds everybody, at most half a minute', async () => {
  const { limiter, waits } = startLimiter();
  limiter.pause(1000);
  await limiter.take();
  limiter.pause(3_600_000);
  await limiter.take();
  expect(waits).toEqual([1020, 30_020]);
});

function startCache(lifetimeMs = 900_000) {
  let elapsed = 0;
  let requests = 0;
  const cache = new TokenCache({
    clock: { now: () => new Date(elapsed) },
    request: () => Promise.resolve({ value: `t${(requests += 1)}`, lifetimeMs }),
  });
  return { cache, advance: (milliseconds: number) => (elapsed += milliseconds), requests: () => requests };
}

test('a token is renewed a minute before it expires', async () => {
  const { cache, advance } = startCache();
  expect(await cache.get()).toBe('t1');
  advance(839_999);
  expect(await cache.get()).toBe('t1');
  advance(1);
  expect(await cache.get()).toBe('t2');
});

test('a token with a very short life is used for half of it', async () => {
  const { cache, advance } = startCache(10_000);
  await cache.get();
  advance(4999);
  expect(await cache.get()).toBe('t1');
  advance(1);
  expect(await cache.get()).toBe('t2');
});

test('a token that was refused twice at once is renewed once', async () => {
  const { cache, requests } = startCache();
  const token = await cache.get();
  cache.discard(token);
  await cache.get();
  cache.discard(token);
  expect([await cache.get(), requests()]).toEqual(['t2', 2]);
});

test('a failed request for a token is not remembered', async () => {
  let fail = true;
  const cache = new TokenCache({
    clock: { now: () => new Date(0) },
    request: () =>
      fail ? Promise.reject(new Error('refused')) : Promise.resolve({ value: 't1', lifetimeMs: 900_000 }),
  });
  await expect(cache.get()).rejects.toThrow('refused');
  fail = false;
  await expect(cache.get()).resolves.toBe('t1');
});

test('who stops waiting for a token leaves it to the others', async () => {
  const answer = Promise.withResolvers<{ value: string; lifetimeMs: number }>();
  const cache = new TokenCache({ clock: { now: () => new Date(0) }, request: () => answer.promise });
  const controller = new AbortController();
  const impatient = cache.get(controller.signal);
  const patient = cache.get(new AbortController().signal);
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
  answer.resolve({ value: 't1', lifetimeMs: 900_000 });
  await expect(patient).resolves.toBe('t1');
});
