import { describe, expect, test } from 'vitest';
import { decideStep, mostVisits, type StepMoment } from '#backend/flow/decideStep.ts';
import type { Facts } from '#backend/flow/factsOf.ts';
import type { FlowGraph, FlowNode } from '#backend/schemas/flow.ts';
import {
  action,
  allOf,
  chain,
  condition,
  end,
  goTo,
  graphOf,
  mail,
  split,
  trigger,
  triggerOn,
  wait,
  waitEvent,
  waitTime,
  waitUntil,
  withSettings,
} from './graphs.ts';

const noon = new Date('2026-11-02T12:00:00Z');
const plus = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);
const knowing =
  (known: Record<string, string | number | boolean>): Facts =>
  (name) =>
    known[name] ?? null;

function decide(node: FlowNode, moment: Partial<StepMoment> = {}, graph: FlowGraph = chain(trigger(), node)) {
  return decideStep({
    graph,
    node,
    enteredAt: noon,
    dueAt: noon,
    now: noon,
    visit: 1,
    appointmentStart: null,
    timeZone: 'America/Los_Angeles',
    personKey: 'customer:1',
    facts: () => null,
    ...moment,
  });
}
const total = { field: 'job.total', operator: 'greater', value: 100 } as const;

describe('a step', () => {
  test('that waits goes on from when it fell due', () => {
    expect(decide(wait('w', 2), { dueAt: plus(48), now: plus(50) })).toMatchObject({
      type: 'go',
      at: plus(48),
    });
    expect(decide(waitTime('w'), { dueAt: plus(5), now: plus(6) })).toMatchObject({
      type: 'go',
      at: plus(5),
    });
  });
  test('that sends or acts asks for its effect', () => {
    expect(decide(mail('m'))).toMatchObject({ type: 'effect', at: noon });
    expect(decide(action('a', 'x'))).toMatchObject({ type: 'effect', at: noon });
  });
  test('that ends or jumps is over at once', () => {
    expect(decide(end('e'))).toMatchObject({ type: 'go', at: noon, outcome: null });
    expect(decide(goTo('j', 'm'))).toMatchObject({ type: 'go', at: noon, outcome: null });
  });
  test('that asks goes one of two ways, with what it saw', () => {
    expect(decide(condition('c', total), { facts: knowing({ 'job.total': 101 }) })).toMatchObject({
      outcome: 'yes',
      output: { rules: [{ field: 'job.total', actual: 101, holds: true }] },
    });
    expect(decide(condition('c', total), { facts: knowing({ 'job.total': 100 }) })).toMatchObject({
      outcome: 'no',
    });
  });
  test('that splits sends the same person the same way, and everybody by the shares', () => {
    const ways = Array.from({ length: 2000 }, (_, index) => {
      const decision = decide(split('s', 70, 20, 10), { personKey: `customer:${index}` });
      return decision.type === 'go' ? decision.outcome : null;
    });
    const count = (way: string) => ways.filter((each) => each === way).length;
    expect(count('a') + count('b') + count('c')).toBe(2000);
    expect(Math.abs(count('a') - 1400)).toBeLessThan(100);
    expect(Math.abs(count('c') - 200)).toBeLessThan(60);
    expect(decide(split('s', 70, 20, 10))).toEqual(decide(split('s', 70, 20, 10)));
    expect(decide(split('s', 0, 100))).toMatchObject({ outcome: 'b' });
  });
  test('that is switched off is passed over by its first way that leads somewhere', () => {
    const off = { ...condition('c', total), disabled: true };
    const graph = graphOf([trigger(), off, mail('m')], 'trigger > c', 'c no> m');
    expect(decide(off, {}, graph)).toMatchObject({ type: 'go', outcome: 'no', status: 'skipped' });
    expect(decide({ ...mail('m'), disabled: true })).toMatchObject({ type: 'go', status: 'skipped' });
  });
  test('that is come to again and again is given up', () => {
    expect(decide(mail('m'), { visit: mostVisits })).toMatchObject({ type: 'effect' });
    expect(decide(mail('m'), { visit: mostVisits + 1 })).toMatchObject({ type: 'fail' });
  });
});

describe('a wait for something to happen', () => {
  const node = waitEvent('w', total, 3);
  test('waits until the time is up, and is looked at meanwhile', () =>
    expect(decide(node, { now: plus(10) })).toEqual({ type: 'wait', dueAt: plus(72), watch: true }));
  test('goes on from when it happened', () =>
    expect(decide(node, { now: plus(10), facts: knowing({ 'job.total': 500 }) })).toMatchObject({
      outcome: 'happened',
      at: plus(10),
    }));
  test('is over when the time is up', () =>
    expect(decide(node, { now: plus(80) })).toMatchObject({ outcome: 'timed_out', at: plus(72) }));
});

describe('a wait for the appointment', () => {
  const node = waitUntil('w', { whenPast: 'end' });
  test('waits as long as there is none', () =>
    expect(decide(node)).toEqual({ type: 'wait', dueAt: null, watch: false }));
  test('ends the flow, or goes on, when its moment was over before', () => {
    expect(decide(node, { appointmentStart: plus(3) })).toMatchObject({ type: 'end', reason: 'past' });
    const going = waitUntil('w', { whenPast: 'continue' });
    expect(decide(going, { appointmentStart: plus(3) })).toMatchObject({ type: 'go', status: 'skipped' });
  });
});

describe('a trigger', () => {
  test('lets those in whom it asks for, and nobody else', () => {
    const node = trigger(1, { where: allOf(total) });
    expect(decide(node, { facts: knowing({ 'job.total': 500 }) })).toMatchObject({ type: 'go' });
    expect(decide(node)).toMatchObject({ type: 'end', reason: 'not_matched' });
    expect(decide(triggerOn({ on: 'manual' }))).toMatchObject({ type: 'go' });
  });
});

describe('before each step a run may be over', () => {
  const cases = [
    [{ exitOnUnsubscribe: true }, { 'contact.unsubscribed': true }, 'unsubscribed'],
    [{ exitOnReply: true }, { 'messages.replied': true }, 'replied'],
    [{ exitWhen: allOf(total) }, { 'job.total': 500 }, 'goal'],
  ] as const;
  test.each(cases)('%o', (settings, known, reason) => {
    const graph = withSettings(chain(trigger(), mail('m')), settings);
    expect(decide(mail('m'), { facts: knowing(known) }, graph)).toMatchObject({ type: 'end', reason });
    expect(decide(mail('m'), {}, graph)).toMatchObject({ type: 'effect' });
    expect(decide(mail('m'), { facts: knowing(known) })).toMatchObject({ type: 'effect' });
    // Whoever reaches the goal before it begins is asked at the first step, not at the trigger.
    expect(decide(trigger(), { facts: knowing(known) }, graph)).toMatchObject({ type: 'go' });
  });
});
