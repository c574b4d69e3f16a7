import { describe, expect, test } from 'vitest';
import { checkShape } from '#backend/flow/graphShape.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';
import { condition, goTo, graphOf, mail, split, trigger, wait, waitTime, waitUntil } from './graphs.ts';

const errors = (graph: FlowGraph) =>
  checkShape(graph)
    .filter(({ severity }) => severity === 'error')
    .map(({ nodeId, message }) => `${nodeId}: ${message.split('.')[0]}`);

describe('a way back', () => {
  const loop = (...between: Parameters<typeof graphOf>[0]) =>
    graphOf(
      [trigger(), mail('a'), ...between, goTo('j', 'a')],
      'trigger > a',
      ...between.map(({ id }, index) => `${between[index - 1]?.id ?? 'a'} > ${id}`),
      `${between.at(-1)?.id ?? 'a'} > j`,
    );
  const hasty = 'a: The way leads back to here without a wait: it would go in circles at once';

  test('by a jump with a wait in between is fine', () => {
    expect(errors(loop(wait('w', 1)))).toEqual([]);
    expect(errors(loop(waitTime('w')))).toEqual([]);
  });
  test('without a wait is not', () => expect(errors(loop())).toEqual([hasty]));
  test('with a wait that is switched off, or that an appointment that is over does not hold, is not either', () => {
    expect(errors(loop({ ...wait('w', 1), disabled: true }))).toEqual([hasty]);
    expect(errors(loop(waitUntil('w')))).toEqual([hasty]);
  });
  test('is found on each of several ways', () => {
    const forked = (waiting: string) =>
      graphOf(
        [trigger(), mail('a'), condition('c'), wait('w', 1), goTo('j', 'a')],
        'trigger > a',
        'a > c',
        `c ${waiting}> w`,
        `c ${waiting === 'yes' ? 'no' : 'yes'}> j`,
        'w > j',
      );
    expect(errors(forked('yes'))).toEqual([hasty]);
    expect(errors(forked('no'))).toEqual([hasty]);
  });
  test('is drawn as a jump', () => {
    const graph = graphOf([trigger(), mail('a'), wait('w', 1)], 'trigger > a', 'a > w', 'w > a');
    expect(errors(graph)).toEqual(['a: The way leads back to here']);
  });
  test('to itself is none', () => {
    expect(errors(graphOf([trigger(), goTo('j', 'j')], 'trigger > j'))).toHaveLength(1);
  });
});

test('what a jump leads to is connected by it', () => {
  const graph = graphOf([trigger(), goTo('j', 'a'), mail('a')], 'trigger > j');
  expect(errors(graph)).toEqual([]);
  const off = graphOf([trigger(), { ...goTo('j', 'a'), disabled: true }, mail('a')], 'trigger > j');
  expect(errors(off)).toEqual(['a: Nothing leads here']);
});

test('each way out leads to one step, and only those that there are', () => {
  const graph = graphOf(
    [trigger(), split('s', 50, 50), mail('x')],
    'trigger > s',
    's a> x',
    's z> x',
    's b> x',
  );
  expect(errors(graph)).toEqual(['s: A connection begins at a way out that does not exist any more']);
});
