import { expect, it } from 'vitest';
import { PreviewTally } from '#backend/services/PreviewTally.ts';
import type { StateNumber } from '#backend/schemas/state.ts';

const flow = {
  flowId: 'f',
  flowName: 'What to Expect',
  ending: 1,
  resuming: 2,
  starting: 3,
  startingWithoutEmail: 1,
  stale: 4,
  duplicate: 5,
  history: 6,
};

function chunk(...moves: [from: StateNumber, to: StateNumber][]) {
  return {
    lookedAt: 10,
    moves: moves.map(([from, to]) => ({ from, to, contact: null, jobId: null, why: 'Because.' })),
    leavings: [],
    entries: [],
    overridesLifted: 1,
  };
}

it('sums up chunks by where journeys would go, the most frequent first', () => {
  const tally = new PreviewTally();
  tally.add('a', chunk([2, 0], [3, 0], [3, 0]), [flow]);
  tally.add('b', chunk([2, 0], [3, 0]), [flow]);
  const result = tally.result([]);
  expect(tally.lookedAt).toBe(20);
  expect(result).toMatchObject({
    moving: 5,
    moves: [
      { from: 3, to: 0, count: 3 },
      { from: 2, to: 0, count: 2 },
    ],
    overridesLifted: 2,
  });
  expect(result.flows).toEqual([
    {
      ...flow,
      ending: 2,
      resuming: 4,
      starting: 6,
      startingWithoutEmail: 2,
      stale: 8,
      duplicate: 10,
      history: 12,
    },
  ]);
});

it('keeps twenty examples at the most, some of every kind of move', () => {
  const tally = new PreviewTally();
  for (let round = 0; round < 50; round += 1) tally.add('a', chunk([2, 0], [2, 0]), []);
  tally.add('b', chunk([1, 2]), []);
  const examples = tally.examples();
  expect(examples).toHaveLength(20);
  expect(examples.filter(({ from }) => from === 1)).toHaveLength(1);
});
