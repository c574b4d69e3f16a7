import { describe, expect, it } from 'vitest';
import { planDueWork } from '#trigger/tasks/planDueWork.ts';

const at = new Date('2026-03-02T20:00:00Z');
const tasksFor = (steps: number, messages: number) =>
  Object.fromEntries(
    Object.entries(Object.groupBy(planDueWork({ steps, messages }, at), ({ task }) => task)).map(
      ([task, runs]) => [task, runs?.length],
    ),
  );

describe('the plan of due work', () => {
  it.each([
    [0, 0, {}],
    [1, 0, { 'flow-steps': 1 }],
    [0, 1, { 'deliver-messages': 1 }],
    [500, 501, { 'flow-steps': 1, 'deliver-messages': 2 }],
    [100_000, 100_000, { 'flow-steps': 10, 'deliver-messages': 10 }],
  ])(
    'has as many runs as there is work for, up to ten of a kind: %i steps, %i messages',
    (steps, messages, runs) => {
      expect(tasksFor(steps, messages)).toEqual(runs);
    },
  );

  it('has a key of its own for each run, and the same keys for the same minute', () => {
    const keys = () =>
      planDueWork({ steps: 2000, messages: 2000 }, at).map(({ task, key }) => [task, ...key].join(' '));
    expect(new Set(keys()).size).toBe(8);
    expect(keys()).toEqual(keys());
  });
});
