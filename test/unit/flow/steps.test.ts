import { describe, expect, test } from 'vitest';
import { IntegrationError, type IntegrationErrorKind } from '#integrations/errors.ts';
import { lifecycleFlows } from '#backend/flow/lifecycle/lifecycleFlows.ts';
import { nextSteps } from '#backend/flow/nextSteps.ts';
import { decideRetry } from '#backend/flow/retryStep.ts';
import { scheduleOf } from '#backend/flow/scheduleOf.ts';
import { titleOfNode } from '#backend/flow/titleOfNode.ts';
import { decideWaitUntil } from '#backend/flow/waitUntil.ts';
import type { FlowGraph, FlowNode } from '#backend/schemas/flow.ts';
import { noNames } from '#backend/schemas/nodes/defineNode.ts';
import { action, condition, end, graphOf, mail, trigger, wait, waitUntil } from './graphs.ts';

const noon = new Date('2026-11-02T12:00:00Z');
const plus = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);

const factsAt = (appointmentStart: Date | null) => ({
  appointmentStart,
  timeZone: 'America/Los_Angeles',
  personKey: 'customer:1',
});

/** When each effect of a straight flow falls due, in hours from its start, for an appointment 120 hours away. */
function timetable(graph: FlowGraph): [number, string][] {
  const rows: [number, string][] = [];
  let node: FlowNode | undefined = graph.nodes.find((candidate) => candidate.type === 'trigger');
  let at = noon;
  while (node) {
    at = scheduleOf(node, at, factsAt(plus(120))).dueAt ?? at;
    if (node.type === 'send_email' || node.type === 'action')
      rows.push([(at.getTime() - noon.getTime()) / 3_600_000, node.id]);
    [node] = nextSteps(graph, node, null);
  }
  return rows;
}

test('the lifecycle flows have the timetables that were asked for', () => {
  expect(
    Object.fromEntries(
      lifecycleFlows.map((flow) => [`${flow.triggerState} ${flow.templateKey}`, timetable(flow.graph)]),
    ),
  ).toEqual({
    '1 email_followup': [
      [0, 'thank_you'],
      [48, 'day_2'],
      [96, 'day_4'],
      [480, 'day_20'],
      [2160, 'back_to_contact'],
    ],
    '2 what_to_expect': [
      [0, 'confirmation'],
      [96, 'reminder'],
    ],
    '2.5 sorry_we_missed_you': [
      [1, 'sorry'],
      [49, 'day_2'],
      [97, 'day_4'],
    ],
    '3 unsold_estimates': [
      [48, 'day_2'],
      [96, 'day_4'],
      [480, 'day_20'],
      [2160, 'back_to_contact'],
    ],
    '4 schedule_the_install': [
      [0, 'thank_you'],
      [48, 'day_2'],
    ],
    '5 what_to_expect_install': [
      [0, 'confirmation'],
      [96, 'reminder'],
    ],
    '5.5 lets_reschedule': [
      [1, 'sorry'],
      [49, 'day_2'],
      [97, 'day_4'],
    ],
    '6 install_job_done': [
      [0, 'thank_you'],
      [48, 'review_request'],
    ],
  });
});

describe('which node follows', () => {
  const graph = graphOf(
    [trigger(), condition('c'), mail('a'), mail('b'), end('e')],
    'trigger > c',
    'c yes> a',
    'c no> b',
    'a > e',
  );
  const cases = [
    ['trigger', null, ['c']],
    ['c', 'yes', ['a']],
    ['c', 'no', ['b']],
    ['a', null, ['e']],
    ['b', null, []],
    ['e', null, []],
  ] as const;
  test.each(cases)('after %s (%s)', (id, outcome, expected) => {
    const node = graph.nodes.find((candidate) => candidate.id === id) ?? trigger();
    expect(nextSteps(graph, node, outcome).map((next) => next.id)).toEqual(expected);
  });
});

describe('when a node is to be done', () => {
  const cases: [FlowNode, Date | null, { dueAt: Date | null; anchorMinutes: number | null }][] = [
    [mail('m'), null, { dueAt: noon, anchorMinutes: null }],
    [wait('w', 30, 'minutes'), null, { dueAt: plus(0.5), anchorMinutes: null }],
    [wait('w', 3, 'hours'), null, { dueAt: plus(3), anchorMinutes: null }],
    [wait('w', 2, 'days'), null, { dueAt: plus(48), anchorMinutes: null }],
    [waitUntil('w'), plus(100), { dueAt: plus(76), anchorMinutes: -1440 }],
    [
      waitUntil('w', { hours: 1.5, direction: 'after' }),
      plus(100),
      { dueAt: plus(101.5), anchorMinutes: 90 },
    ],
    [waitUntil('w'), null, { dueAt: null, anchorMinutes: -1440 }],
  ];
  test.each(cases)('%o', (node, appointment, expected) => {
    expect(scheduleOf(node, noon, factsAt(appointment))).toEqual(expected);
  });
});

describe('a wait for the appointment', () => {
  const decide = (appointmentStart: Date | null, now: Date, data: Parameters<typeof waitUntil>[1] = {}) =>
    decideWaitUntil(waitUntil('w', data), { enteredAt: noon, appointmentStart, now });
  test('waits for an appointment to be known', () =>
    expect(decide(null, plus(1))).toEqual({ type: 'wait', dueAt: null }));
  test('waits until its moment', () =>
    expect(decide(plus(48), plus(23.9))).toEqual({ type: 'wait', dueAt: plus(24) }));
  test('passes at its moment', () =>
    expect(decide(plus(48), plus(24))).toEqual({ type: 'pass', at: plus(24) }));
  test('passes late, while the visit is still ahead', () =>
    expect(decide(plus(48), plus(47))).toEqual({ type: 'pass', at: plus(24) }));
  test('is past when the visit has begun', () =>
    expect(decide(plus(48), plus(48))).toEqual({ type: 'past', at: plus(24) }));
  test('is past when it was entered too late', () =>
    expect(decide(plus(23), plus(0))).toEqual({ type: 'past', at: noon }));
  test('passes when it is entered just in time', () =>
    expect(decide(plus(24), plus(0))).toEqual({ type: 'pass', at: noon }));
  test('after a visit it passes although the visit has begun', () =>
    expect(decide(plus(1), plus(3), { hours: 2, direction: 'after' })).toEqual({
      type: 'pass',
      at: plus(3),
    }));
});

describe('a node in words', () => {
  const cases: [FlowNode, string][] = [
    [trigger(2.5), 'When a customer enters "Sales appointment canceled"'],
    [mail('m', { subject: 'Hi' }), 'Send "Hi"'],
    [wait('w', 2), 'Wait 2 days'],
    [wait('w', 1, 'hours'), 'Wait 1 hour'],
    [waitUntil('w'), 'Wait until 24 hours before the appointment'],
    [condition('c', { field: 'job.total', operator: 'greater', value: 500 }), 'If Job: Total is above 500'],
    [action('a', 'servicetitan_update_state'), 'Update state'],
    [end('e'), 'End'],
  ];
  test.each(cases)('%o', (node, expected) => {
    const names = { ...noNames, action: () => 'Update state' };
    expect(titleOfNode(node, names)).toBe(expected);
    expect(titleOfNode({ ...node, title: 'Ours' }, names)).toBe('Ours');
  });
});

describe('a failed try', () => {
  const cases: [IntegrationErrorKind, boolean][] = [
    ['auth', true],
    ['rate_limited', true],
    ['unavailable', true],
    ['unexpected', true],
    ['not_found', false],
    ['invalid', false],
    ['forbidden', false],
  ];
  test.each(cases)('of kind %s is repeated: %s', (kind, expected) => {
    expect(decideRetry(new IntegrationError(kind, ''), 1).type).toBe(expected ? 'retry' : 'stop');
  });
  test('waits longer each time, and in the end stops', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 7].map((attempt) => decideRetry(new Error('x'), attempt));
    expect(pauses.map((pause) => (pause.type === 'retry' ? pause.afterMs / 60_000 : 0))).toEqual([
      1, 5, 15, 60, 240, 720, 1440,
    ]);
    expect(decideRetry(new Error('x'), 8)).toEqual({ type: 'stop' });
  });
  test('waits as long as it is asked to', () => {
    expect(decideRetry(new IntegrationError('rate_limited', '', { retryAfterMs: 600_000 }), 1)).toEqual({
      type: 'retry',
      afterMs: 600_000,
    });
  });
  test('is not repeated when the write may have been done', () => {
    expect(decideRetry(new IntegrationError('unavailable', '', { outcomeUnknown: true }), 1)).toEqual({
      type: 'stop',
    });
  });
});
