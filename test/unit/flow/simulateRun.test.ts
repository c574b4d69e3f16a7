import { assert, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { simulateRun, type SimulationQuestion } from '#backend/flow/simulateRun.ts';
import { stepContext } from '#backend/flow/StepContext.ts';
import { noConditions } from '#backend/schemas/conditions.ts';
import type { FlowGraph } from '#backend/schemas/flow.ts';
import type { FutureEvent } from '#backend/schemas/future.ts';
import type { TriggerData } from '#backend/schemas/nodes/trigger.ts';
import {
  action,
  chain,
  condition,
  goTo,
  graphOf,
  mail,
  trigger,
  triggerOn,
  wait,
  waitEvent,
  waitUntil,
  withSettings,
} from './graphs.ts';
import { randomFuture, randomGraph, randomOf } from './randomFlows.ts';

const start = new Date('2026-11-02T17:00:00Z');
const plus = (hours: number) => new Date(start.getTime() + hours * 3_600_000);
const day = 24;
const context = stepContext.parse({
  connectionId: '3f2b8c1e-0000-4000-8000-000000000001',
  state: 3,
  stateSince: start.toISOString(),
  timeZone: 'America/Los_Angeles',
  customer: {
    name: 'Testa Fictional',
    email: 'testa@example.com',
    phone: null,
    type: null,
    city: null,
    zip: null,
    tagIds: [],
    unsubscribed: false,
  },
  job: null,
  appointment: null,
  estimates: [{ name: 'Good', status: 'Open', createdOn: '2026-11-01', total: 4000 }],
  openTotal: 4000,
  soldTotal: 0,
  workspace: { name: '', senderEmail: '', phone: '', website: '', postalAddress: '', reviewUrl: '' },
  messagesSent: 0,
  replied: false,
  steps: {},
});

function simulate(graph: FlowGraph, future: FutureEvent[] = [], question: Partial<SimulationQuestion> = {}) {
  return simulateRun({
    graph,
    context,
    start,
    until: plus(90 * day),
    personKey: 'customer:1',
    future,
    perform: () => ({ output: null }),
    ...question,
  });
}
const way = (run: ReturnType<typeof simulate>) =>
  run.steps.map(({ nodeId, status, at }) =>
    [nodeId, status, at === null ? null : (at.getTime() - start.getTime()) / 3_600_000].join(' '),
  );
const sold = { field: 'estimate.soldTotal', operator: 'greater', value: 0 } as const;

describe('a passage with the clock ahead', () => {
  test('does each step when it would be done', () => {
    const run = simulate(chain(trigger(3), mail('a'), wait('w', 2), mail('b')));
    expect(way(run)).toEqual(['trigger done 0', 'a done 0', 'w done 48', 'b done 48']);
    expect(run).toMatchObject({ status: 'done', endedAt: plus(48) });
  });
  test('goes the way that what happens opens', () => {
    const graph = withSettings(
      graphOf([trigger(3), waitEvent('w', sold, 9), mail('m')], 'trigger > w', 'w happened> m'),
      { exitOnLeave: false },
    );
    expect(way(simulate(graph, [{ type: 'estimate_sold', afterHours: 5 * day }]))).toEqual([
      'trigger done 0',
      'w done 120',
      'm done 120',
    ]);
    expect(way(simulate(graph))).toEqual(['trigger done 0', 'w done 216']);
  });
  test('ends when the state is left, or what ends it happens', () => {
    const graph = chain(trigger(3), wait('w', 9), mail('m'));
    expect(simulate(graph, [{ type: 'estimate_sold', afterHours: 24 }])).toMatchObject({
      status: 'ended',
      endedReason: 'left_state',
      endedAt: plus(24),
    });
    const exiting = withSettings(graph, { exitOnReply: true });
    expect(simulate(exiting, [{ type: 'replied', afterHours: 24 }])).toMatchObject({
      status: 'ended',
      endedReason: 'replied',
    });
  });
  test('moves with the appointment', () => {
    const graph = chain(trigger(3), waitUntil('w'), mail('m'));
    const set = (afterHours: number, startsAfterHours: number) =>
      ({ type: 'appointment_set', afterHours, startsAfterHours }) as const;
    expect(way(simulate(graph))).toEqual(['trigger done 0', 'w waiting ']);
    expect(way(simulate(graph, [set(1, 100), set(50, 200)]))).toEqual([
      'trigger done 0',
      'w done 176',
      'm done 176',
    ]);
  });
  test('ends when the visit that it was begun for is at another time, and not for one that took place', () => {
    const reminder: TriggerData = {
      on: 'appointment',
      hours: 24,
      direction: 'before',
      states: [],
      connectionIds: [],
      where: noConditions,
    };
    const steps = [mail('a'), wait('w', 30, 'hours'), mail('b')];
    const appointment = { start: plus(24), end: null, arrivalWindowStart: null, arrivalWindowEnd: null };
    const moved = (afterHours: number, direction: 'before' | 'after' = 'before') =>
      simulate(
        chain(triggerOn({ ...reminder, direction }), ...steps),
        [{ type: 'appointment_set', afterHours, startsAfterHours: 100 }],
        {
          context: { ...context, appointment },
        },
      );
    expect(moved(10)).toMatchObject({ status: 'ended', endedReason: 'rescheduled', endedAt: plus(10) });
    expect(moved(25)).toMatchObject({ status: 'done', endedReason: null });
    // What follows a visit was begun after one: of the next it knows nothing.
    expect(moved(10, 'after')).toMatchObject({ status: 'done', endedReason: null });
  });
  test('counts the visits of what it jumps back to', () => {
    const loop = graphOf(
      [trigger(3), mail('a'), wait('w', 40), goTo('j', 'a')],
      'trigger > a',
      'a > w',
      'w > j',
    );
    const visits = simulate(loop).steps.filter(({ nodeId }) => nodeId === 'a');
    expect(visits.map(({ visit }) => visit)).toEqual([1, 2, 3]);
  });
  test('is parked where an effect cannot be done', () => {
    const perform = () => {
      throw new Error('No address.');
    };
    const run = simulate(chain(trigger(3), mail('a'), mail('b')), [], { perform });
    expect(run.status).toBe('parked');
    expect(run.steps.at(-1)).toMatchObject({ nodeId: 'a', status: 'failed', error: 'No address.' });
  });
  test('sees what its own effects change', () => {
    const graph = graphOf(
      [
        trigger(3),
        action('x', 'look'),
        condition('c', { field: 'steps.x.total', operator: 'equals', value: 7 }),
        mail('m'),
      ],
      'trigger > x',
      'x > c',
      'c yes> m',
    );
    const perform = () => ({ output: { total: 7 } });
    expect(way(simulate(graph, [], { perform })).at(-1)).toBe('m done 0');
  });
});

test('whatever the flow and the future, it comes to an end, passes over what is switched off, and does each effect once a visit', () => {
  assert(
    property(integer({ min: 0, max: 2 ** 31 }), (seed) => {
      const random = randomOf(seed);
      const graph = randomGraph(random);
      const future = randomFuture(random, 90);
      const done: string[] = [];
      const run = simulate(graph, future, {
        perform: ({ id, disabled }) => {
          expect(disabled ?? false).toBe(false);
          done.push(id);
          return { output: null };
        },
      });
      const keys = run.steps.map(({ nodeId, visit }) => `${nodeId} ${visit}`);
      expect(new Set(keys).size).toBe(keys.length);
      const kinds = new Map(graph.nodes.map(({ id, type }) => [id, type]));
      const effects = run.steps.filter(
        ({ nodeId, status }) =>
          status === 'done' && (kinds.get(nodeId) === 'send_email' || kinds.get(nodeId) === 'action'),
      );
      expect(effects.map(({ nodeId }) => nodeId)).toEqual(done);
      expect(run.steps.filter(({ status }) => status === 'waiting')).toHaveLength(
        run.status === 'active' ? 1 : 0,
      );
      const times = run.steps.flatMap(({ at }) => (at === null ? [] : [at.getTime()]));
      for (const at of times) expect(at).toBeLessThanOrEqual(plus(90 * day).getTime());
    }),
    { numRuns: 500 },
  );
});
