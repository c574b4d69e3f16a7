import { describe, expect, it } from 'vitest';
import { Batcher } from '#backend/services/Batcher.ts';
import { holdTogether } from '#backend/services/holdTogether.ts';

/** Requests that are answered when the test says so. */
function requests(most = 100) {
  const sent: { items: number[]; answer: PromiseWithResolvers<readonly string[]> }[] = [];
  let onSent = Promise.withResolvers<void>();
  const batcher = new Batcher<number, string>(most, (items) => {
    const answer = Promise.withResolvers<readonly string[]>();
    sent.push({ items, answer });
    onSent.resolve();
    onSent = Promise.withResolvers();
    return answer.promise;
  });
  /** Settles when so many requests are there. */
  const untilSent = async (count: number) => {
    while (sent.length < count) await onSent.promise;
  };
  return { batcher, sent, untilSent };
}

const named = (items: readonly number[]) => items.map((item) => `answer ${item}`);

describe('calls that are made at the same time', () => {
  it('travel together, and those that come meanwhile gather for the next request', async () => {
    const { batcher, sent, untilSent } = requests();
    const first = [1, 2, 3].map((item) => batcher.call(item));
    await untilSent(1);
    const second = [4, 5].map((item) => batcher.call(item));
    expect(sent.map(({ items }) => items)).toEqual([[1, 2, 3]]);
    sent[0]?.answer.resolve(named([1, 2, 3]));
    expect(await Promise.all(first)).toEqual(named([1, 2, 3]));
    await untilSent(2);
    sent[1]?.answer.resolve(named([4, 5]));
    expect(await Promise.all(second)).toEqual(named([4, 5]));
    expect(sent.map(({ items }) => items)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
  });

  it('are sent in their order, so many in one request, and none is lost', async () => {
    const { batcher, sent, untilSent } = requests(2);
    const calls = [1, 2, 3, 4, 5].map((item) => batcher.call(item));
    for (let number = 0; number < 3; number += 1) {
      await untilSent(number + 1);
      const request = sent[number];
      request?.answer.resolve(named(request.items));
    }
    expect(await Promise.all(calls)).toEqual(named([1, 2, 3, 4, 5]));
    expect(sent.map(({ items }) => items)).toEqual([[1, 2], [3, 4], [5]]);
  });

  it('fail together when their request does, and only they', async () => {
    const { batcher, sent, untilSent } = requests(2);
    const calls = [1, 2, 3].map((item) => batcher.call(item));
    await untilSent(1);
    sent[0]?.answer.reject(new Error('The database did not answer.'));
    await untilSent(2);
    sent[1]?.answer.resolve(named([3]));
    const outcomes = await Promise.allSettled(calls);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
    await expect(calls[0]).rejects.toThrow('The database did not answer.');
  });

  it('fail when the request answers too few', async () => {
    const { batcher, sent, untilSent } = requests();
    const calls = [1, 2].map((item) => batcher.call(item));
    await untilSent(1);
    sent[0]?.answer.resolve(named([1]));
    expect(await calls[0]).toBe('answer 1');
    await expect(calls[1]).rejects.toThrow('A call of a batch got no answer.');
  });
});

it('what somebody else holds is left out of the batch and done alone', async () => {
  const sent: number[][] = [];
  const hold = holdTogether<number>(10, async (items) => {
    sent.push(items);
    return items.map((item) => {
      if (item === 3) return 'lost';
      return item === 2 && items.length > 1 ? 'busy' : 'done';
    });
  });
  expect(await Promise.all([1, 2, 3].map((item) => hold(item)))).toEqual([true, true, false]);
  expect(sent).toEqual([[1, 2, 3], [2]]);
});
