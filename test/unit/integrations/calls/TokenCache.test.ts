import { expect, test } from 'vitest';
import { TokenCache, type FreshToken } from '#integrations/calls/TokenCache.ts';
import { MemoryTokenStore, type TokenStore } from '#integrations/calls/TokenStore.ts';

function startCache(
  options: { lifetimeMs?: number; store?: TokenStore; request?: () => Promise<FreshToken> } = {},
) {
  let elapsed = 0;
  let requests = 0;
  const warnings: string[] = [];
  const cache = new TokenCache({
    key: 'credentials',
    store: options.store ?? new MemoryTokenStore(),
    clock: { now: () => new Date(elapsed) },
    sleep: (milliseconds) => {
      elapsed += milliseconds;
      return Promise.resolve();
    },
    logger: { debug: () => {}, warn: (_, message) => void warnings.push(message) },
    request:
      options.request ??
      (() => Promise.resolve({ value: `t${(requests += 1)}`, lifetimeMs: options.lifetimeMs ?? 900_000 })),
  });
  return {
    cache,
    warnings,
    advance: (milliseconds: number) => (elapsed += milliseconds),
    requests: () => requests,
  };
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
  const { cache, advance } = startCache({ lifetimeMs: 10_000 });
  await cache.get();
  advance(4999);
  expect(await cache.get()).toBe('t1');
  advance(1);
  expect(await cache.get()).toBe('t2');
});

test('a token that was refused twice at once is renewed once', async () => {
  const { cache, requests } = startCache();
  const token = await cache.get();
  await cache.discard(token);
  await cache.get();
  await cache.discard(token);
  expect([await cache.get(), requests()]).toEqual(['t2', 2]);
});

test('a failed request for a token is not remembered', async () => {
  let fail = true;
  const { cache } = startCache({
    request: () =>
      fail ? Promise.reject(new Error('refused')) : Promise.resolve({ value: 't1', lifetimeMs: 900_000 }),
  });
  await expect(cache.get()).rejects.toThrow('refused');
  fail = false;
  await expect(cache.get()).resolves.toBe('t1');
});

test('who stops waiting for a token leaves it to the others', async () => {
  const answer = Promise.withResolvers<FreshToken>();
  const { cache } = startCache({ request: () => answer.promise });
  const controller = new AbortController();
  const impatient = cache.get(controller.signal);
  const patient = cache.get(new AbortController().signal);
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
  answer.resolve({ value: 't1', lifetimeMs: 900_000 });
  await expect(patient).resolves.toBe('t1');
});

test('while somebody else renews the token it is waited for', async () => {
  const answers = [
    { type: 'wait' as const, delayMs: 100 },
    { type: 'token' as const, token: { value: 'theirs', issuedAt: new Date(0), renewAt: new Date(840_000) } },
  ];
  const store = Object.assign(new MemoryTokenStore(), {
    claim: () => Promise.resolve(answers.shift() ?? { type: 'renew' as const }),
  });
  const { cache, requests } = startCache({ store });
  expect([await cache.get(), requests()]).toEqual(['theirs', 0]);
});

test('without its store a process works with a token of its own, and says so once', async () => {
  const away = () => Promise.reject(new Error('The database is away.'));
  const store = { claim: away, save: away, release: away, discard: away };
  const { cache, requests, warnings } = startCache({ store });
  expect(await cache.get()).toBe('t1');
  await cache.discard('t1');
  expect([await cache.get(), requests(), warnings.length]).toEqual(['t2', 2, 1]);
});

test('a token that was refused is not taken again from a store that could not be told', async () => {
  const store = Object.assign(new MemoryTokenStore(), {
    discard: () => Promise.reject(new Error('The database is away.')),
  });
  const { cache } = startCache({ store });
  await cache.discard(await cache.get());
  expect(await cache.get()).toBe('t2');
});

test.each([
  [60_000, 'theirs'],
  [60_001, 't1'],
])('of a token of a process whose clock is %i ms ahead %s is used', async (ahead, used) => {
  const store = new MemoryTokenStore();
  const token = { value: 'theirs', issuedAt: new Date(ahead), renewAt: new Date(ahead + 840_000) };
  await store.save('credentials', { token });
  const { cache } = startCache({ store });
  expect(await cache.get()).toBe(used);
});
