import { describe, expect, test } from 'vitest';
import { decideLateStep, type LateQuestion } from '#backend/flow/lateStep.ts';
import { action, chain, condition, graphOf, mail, trigger, wait, waitUntil } from './graphs.ts';

const noon = new Date('2026-11-02T12:00:00Z');
const plus = (hours: number) => new Date(noon.getTime() + hours * 3_600_000);

function decide(
  graph: LateQuestion['graph'],
  nodeId: string,
  { appointmentStart = null, ...question }: Partial<LateQuestion> & { appointmentStart?: Date | null } = {},
) {
  const node = graph.nodes.find((candidate) => candidate.id === nodeId) ?? trigger();
  return decideLateStep({
    graph,
    node,
    dueAt: noon,
    resumedAt: plus(10),
    maxAgeHours: 48,
    visit: 1,
    schedule: { appointmentStart, timeZone: 'America/Los_Angeles', personKey: 'customer:1' },
    facts: () => 1,
    isEffect: (candidate) => candidate.type === 'send_email' || candidate.type === 'action',
    ...question,
  });
}

describe('a step of a run that came back', () => {
  const graph = chain(
    trigger(),
    mail('a'),
    wait('w', 5, 'hours'),
    mail('b'),
    wait('v', 5, 'hours'),
    mail('c'),
  );

  test('of a run that was never away is done', () =>
    expect(decide(graph, 'a', { resumedAt: null })).toBe('do'));
  test('that falls due after the return is done', () =>
    expect(decide(graph, 'a', { resumedAt: noon })).toBe('do'));
  test('is not done when a later effect fell due meanwhile, too', () =>
    expect(decide(graph, 'a')).toBe('superseded'));
  test('is done when the next effect falls due exactly at the return', () =>
    expect(decide(graph, 'a', { resumedAt: plus(5) })).toBe('do'));
  test('is done when it is the last that fell due', () =>
    expect(decide(graph, 'b', { dueAt: plus(5) })).toBe('do'));
  test('is not done when it is too old', () =>
    expect(decide(graph, 'c', { resumedAt: plus(48.01) })).toBe('too_late'));
  test('is done when it is exactly as old as allowed', () =>
    expect(decide(graph, 'c', { resumedAt: plus(48) })).toBe('do'));
  test('that nobody outside notices is always done', () =>
    expect(decide(graph, 'w', { resumedAt: plus(1000) })).toBe('do'));

  test('an action counts as an effect', () => {
    expect(decide(chain(trigger(), mail('a'), action('x', 'servicetitan_update_state')), 'a')).toBe(
      'superseded',
    );
  });
  test('looks along the way that a condition takes', () => {
    const forked = graphOf(
      [trigger(), mail('a'), condition('c'), wait('w', 1, 'hours'), mail('yes'), wait('long', 9), mail('no')],
      'trigger > a',
      'a > c',
      'c yes> w',
      'w > yes',
      'c no> long',
      'long > no',
    );
    expect(decide(forked, 'a', { facts: () => 101 })).toBe('superseded');
    expect(decide(forked, 'a', { facts: () => 99 })).toBe('do');
  });
  test('looks along waits for the appointment', () => {
    const reminded = chain(trigger(), mail('a'), waitUntil('w'), mail('b'));
    expect(decide(reminded, 'a', { appointmentStart: null })).toBe('do');
    expect(decide(reminded, 'a', { appointmentStart: plus(30) })).toBe('superseded');
    expect(decide(reminded, 'a', { appointmentStart: plus(40) })).toBe('do');
    expect(decide(reminded, 'a', { appointmentStart: plus(3) })).toBe('do');
  });
});
