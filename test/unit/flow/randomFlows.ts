import type { ConditionRule } from '#backend/schemas/conditions.ts';
import type { FlowGraph, FlowNode } from '#backend/schemas/flow.ts';
import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import type { FutureEvent } from '#backend/schemas/future.ts';
import {
  action,
  allOf,
  condition,
  edge,
  end,
  goTo,
  graphOf,
  mail,
  split,
  trigger,
  wait,
  waitEvent,
  waitTime,
  waitUntil,
  withSettings,
} from './graphs.ts';

/** Numbers from 0 up to, not including, 1, the same for the same seed. */
export type Random = () => number;

export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

const rules: [ConditionRule, ...ConditionRule[]] = [
  { field: 'messages.replied', operator: 'exists' },
  { field: 'contact.unsubscribed', operator: 'exists' },
  { field: 'appointment.exists', operator: 'exists' },
  { field: 'appointment.hoursUntil', operator: 'less', value: 100 },
  { field: 'messages.sent', operator: 'greater', value: 1 },
  { field: 'journey.state', operator: 'one_of', values: [4, 5] },
  { field: 'journey.daysInState', operator: 'greater', value: 10 },
  { field: 'contact.name', operator: 'contains', value: '7' },
];

/** A node of any kind; ways out of it are drawn later. */
function randomNode(random: Random, id: string): FlowNode {
  const rule = pick(random, rules);
  const node = pick<() => FlowNode>(random, [
    () => mail(id),
    () => mail(id),
    () => wait(id, 1 + Math.floor(random() * 8), pick(random, ['days', 'days', 'hours'])),
    () => waitTime(id, { weekdays: pick(random, [[], ['tuesday'], ['friday', 'sunday']]) }),
    () =>
      waitUntil(id, {
        hours: pick(random, [2, 24, 72]),
        direction: pick(random, ['before', 'after']),
        whenPast: pick(random, ['end', 'continue']),
      }),
    () => waitEvent(id, rule, 1 + Math.floor(random() * 9)),
    () => condition(id, rule),
    () => split(id, 50, 30, 20),
    () => action(id, 'servicetitan_get_customer'),
    () => end(id),
  ])();
  return random() < 0.12 ? { ...node, disabled: true } : node;
}

const waysOut = {
  condition: ['yes', 'no'],
  wait_event: ['happened', 'timed_out'],
  split: ['a', 'b', 'c'],
} as const;

/** A flow of up to a dozen steps whose ways only lead on, but for jumps back to a wait. */
export function randomGraph(random: Random): FlowGraph {
  const count = 3 + Math.floor(random() * 9);
  const nodes: FlowNode[] = Array.from({ length: count }, (_, index) => randomNode(random, `n${index + 1}`));
  const waitId = nodes.find(({ type, disabled }) => type === 'wait' && !disabled)?.id;
  if (waitId !== undefined && random() < 0.5) nodes.push(goTo(`n${count + 1}`, waitId));
  const edges = [edge('trigger > n1')];
  nodes.forEach(({ id, type }, index) => {
    const ways = type === 'condition' || type === 'wait_event' || type === 'split' ? waysOut[type] : [null];
    for (const way of type === 'end' || type === 'go_to' ? [] : ways) {
      const ahead = 1 + Math.floor(random() * 2);
      const target = nodes[index + ahead];
      if (!target || random() < 0.05) continue;
      const handle = way === null ? {} : { sourceHandle: way };
      edges.push({ id: `${id}${way ?? ''}`, source: id, target: target.id, ...handle });
    }
  });
  const settings: Partial<FlowSettings> = {
    oneFor: 'journey',
    exitOnLeave: random() < 0.5,
    exitOnReply: random() < 0.3,
    exitOnUnsubscribe: random() < 0.3,
    ...(random() < 0.2 ? { exitWhen: allOf({ field: 'messages.sent', operator: 'greater', value: 3 }) } : {}),
  };
  return withSettings({ ...graphOf([trigger(3), ...nodes]), edges }, settings);
}

/** What happens to a customer within so many days, at full hours. */
export function randomFuture(random: Random, days: number): FutureEvent[] {
  const hours = () => Math.floor(random() * days * 24);
  return Array.from({ length: Math.floor(random() * 5) }, (): FutureEvent => {
    const afterHours = hours();
    return pick<() => FutureEvent>(random, [
      () => ({ type: 'replied', afterHours }),
      () => ({ type: 'unsubscribed', afterHours }),
      () => ({
        type: 'appointment_set',
        afterHours,
        startsAfterHours: afterHours + Math.floor(random() * 400) - 20,
      }),
      () => ({
        type: 'appointment_set',
        afterHours,
        startsAfterHours: afterHours + Math.floor(random() * 400),
      }),
      () => ({ type: 'appointment_canceled', afterHours }),
      () => ({ type: 'state_entered', afterHours, state: pick(random, [4, 5, 3]) }),
    ])();
  }).toSorted((one, other) => one.afterHours - other.afterHours);
}
