import { expect, test } from 'vitest';
import { CallQueue } from '#integrations/calls/CallQueue.ts';
import { callPriorities, type CallPriority } from '#integrations/calls/callPriority.ts';
import { LocalRateBudget } from '#integrations/calls/LocalRateBudget.ts';
import type { RateBudget } from '#integrations/calls/RateBudget.ts';

/** A queue on its own budget, or one made of it, whose time moves only when it waits. */
function startQueue(
  perSecond = 50,
  change: (local: RateBudget, advance: Advance) => Partial<RateBudget> = () => ({}),
) {
  let elapsed = 0;
  const stopwatch = () => elapsed;
  const advance = (milliseconds: number) => (elapsed += milliseconds);
  const local = new LocalRateBudget(stopwatch);
  const queue = new CallQueue({
    budget: { key: 'tenant', perSecond },
    rates: Object.assign(new LocalRateBudget(stopwatch), change(local, advance)),
    stopwatch,
    sleep: (milliseconds) => {
      elapsed += milliseconds;
      return Promise.resolve();
    },
  });
  const starts: { priority: CallPriority; at: number }[] = [];
  const call = async (priority: CallPriority, signal?: AbortSignal) => {
    await queue.take(priority, signal);
    starts.push({ priority, at: elapsed });
  };
  return { queue, call, starts, advance };
}

type Advance = (milliseconds: number) => number;

function times<Result>(count: number, make: () => Promise<Result>): Promise<Result[]> {
  return Promise.all(Array.from({ length: count }, make));
}

test('the first call goes at once and the others at the pace of the budget', async () => {
  const { call, starts } = startQueue();
  await times(4, () => call('poll'));
  expect(starts.map(({ at }) => at)).toEqual([0, 20, 40, 60]);
});

test('no second sees more calls than the budget, however many wait', async () => {
  const { call, starts } = startQueue(55);
  await times(400, () => call('backfill'));
  const within = (from: number) => starts.filter(({ at }) => at >= from && at < from + 1000).length;
  expect(Math.max(...starts.map(({ at }) => within(at)))).toBeLessThanOrEqual(56);
  expect(starts.at(-1)?.at).toBeLessThan(8000);
});

test('a person goes out within a few slots while two hundred backfills wait', async () => {
  const { call, starts } = startQueue();
  const backfills = times(200, () => call('backfill'));
  await call('person');
  expect(starts.findIndex(({ priority }) => priority === 'person')).toBeLessThan(3);
  await backfills;
});

test('the most urgent goes first, and of equals who came first', async () => {
  const { call, starts } = startQueue();
  await Promise.all(callPriorities.toReversed().flatMap((priority) => [call(priority), call(priority)]));
  const order = starts.map(({ priority }) => priority);
  expect(order).toEqual(callPriorities.flatMap((priority) => [priority, priority]));
});

test('a backfill is not starved by people', async () => {
  const { call, starts } = startQueue();
  await Promise.all([call('backfill'), times(200, () => call('person'))]);
  expect(starts.findIndex(({ priority }) => priority === 'backfill')).toBeLessThan(25);
});

test('a slot whose moment was missed is not made up for', async () => {
  const { call, starts, advance } = startQueue();
  await call('poll');
  advance(500);
  await times(5, () => call('poll'));
  const late = starts.slice(1).map(({ at }) => at);
  expect((late[4] ?? 0) - (late[0] ?? 0)).toBeGreaterThanOrEqual(4 * 20 - 20);
});

test('a pause holds everybody, at most half a minute', async () => {
  const { queue, call, starts } = startQueue();
  await queue.throttle({ pauseMs: 1000, slowDown: false });
  await call('person');
  await queue.throttle({ pauseMs: 3_600_000, slowDown: false });
  await call('person');
  expect(starts.map(({ at }) => at)).toEqual([1000, 31_000]);
});

test('a refusal halves the pace, which recovers within a minute', async () => {
  const { queue, call, starts, advance } = startQueue();
  await queue.throttle({ pauseMs: 0, slowDown: true });
  await queue.throttle({ pauseMs: 0, slowDown: true });
  await times(3, () => call('poll'));
  expect(starts.map(({ at }) => at)).toEqual([0, 40, 80]);
  advance(60_000);
  const from = starts.length;
  await times(3, () => call('poll'));
  const gaps = starts.slice(from).map(({ at }) => at - (starts[from]?.at ?? 0));
  expect(gaps).toEqual([0, 20, 40]);
});

test('who gives up leaves the queue to the others', async () => {
  const { call, starts } = startQueue();
  const controller = new AbortController();
  const impatient = call('person', controller.signal);
  const patient = call('backfill');
  controller.abort();
  await expect(impatient).rejects.toMatchObject({ kind: 'unavailable', outcomeUnknown: false });
  await patient;
  expect(starts).toEqual([{ priority: 'backfill', at: expect.any(Number) }]);
});

test('no call waits without end: after a minute it is told', async () => {
  const { call, advance } = startQueue(50, () => ({
    lease: () => Promise.resolve({ now: 0, slots: [86_400_000] }),
  }));
  const first = call('person');
  await expect(first).rejects.toMatchObject({ kind: 'rate_limited', status: undefined });
  expect(advance(0)).toBe(60_000);
});

test('slots in local time are used however long the answer took', async () => {
  const { call, starts } = startQueue(50, (local, advance) => ({
    lease: (...asked) => {
      advance(5000);
      return local.lease(...asked);
    },
  }));
  await times(4, () => call('person'));
  expect(starts.map(({ at }) => at)).toEqual([5000, 5020, 5040, 5060]);
});

test('where it is known only roughly when slots are, fewer of them are used', async () => {
  const { call, starts } = startQueue(50, (local, advance) => ({
    lease: async (...asked) => {
      const { now, slots } = await local.lease(...asked);
      advance(200);
      return { now, slots };
    },
  }));
  await times(200, () => call('backfill'));
  const perSecond = (starts.length * 1000) / (starts.at(-1)?.at ?? 0);
  // All could have moved by a tenth of a second either way: so many come in 1.2 seconds.
  expect(perSecond * 1.2).toBeLessThanOrEqual(50 * 1.05);
});
