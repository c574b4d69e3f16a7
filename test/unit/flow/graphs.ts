import { noConditions, type ConditionRule, type Conditions } from '#backend/schemas/conditions.ts';
import type { FlowEdge, FlowGraph, FlowNode } from '#backend/schemas/flow.ts';
import { defaultSettings, type FlowSettings } from '#backend/schemas/flowSettings.ts';
import type { TriggerData } from '#backend/schemas/nodes/trigger.ts';
import type { StateNumber } from '#backend/schemas/state.ts';

const position = { x: 0, y: 0 };

type Part<Type extends FlowNode['type']> = Extract<FlowNode, { type: Type }>;

export function trigger(
  state: Exclude<StateNumber, 0> = 1,
  data: Partial<Extract<TriggerData, { on: 'state_changed' }>> = {},
): Part<'trigger'> {
  return triggerOn({ on: 'state_changed', states: [state], connectionIds: [], where: noConditions, ...data });
}
export function triggerOn(data: TriggerData): Part<'trigger'> {
  return { id: 'trigger', type: 'trigger', position, data };
}
export function mail(id: string, data: Partial<Part<'send_email'>['data']> = {}): Part<'send_email'> {
  return {
    id,
    type: 'send_email',
    position,
    data: { subject: 'Hello', body: 'Hello!', class: 'transactional', ...data },
  };
}
export function wait(id: string, amount: number, unit: Part<'wait'>['data']['unit'] = 'days'): Part<'wait'> {
  return { id, type: 'wait', position, data: { amount, unit } };
}
export function waitUntil(id: string, data: Partial<Part<'wait_until'>['data']> = {}): Part<'wait_until'> {
  return {
    id,
    type: 'wait_until',
    position,
    data: { hours: 24, direction: 'before', whenPast: 'end', ...data },
  };
}
export function waitTime(id: string, data: Partial<Part<'wait_time'>['data']> = {}): Part<'wait_time'> {
  return {
    id,
    type: 'wait_time',
    position,
    data: { time: '09:00', weekdays: [], spreadMinutes: 0, ...data },
  };
}
export function waitEvent(id: string, rule: ConditionRule, amount = 3): Part<'wait_event'> {
  return { id, type: 'wait_event', position, data: { until: allOf(rule), amount, unit: 'days' } };
}
export function condition(id: string, ...rules: ConditionRule[]): Part<'condition'> {
  const asked = rules.length > 0 ? rules : [{ field: 'job.total', operator: 'greater', value: 100 } as const];
  return { id, type: 'condition', position, data: { if: allOf(...asked) } };
}
export function split(id: string, ...percents: number[]): Part<'split'> {
  const shares = percents.map((percent, index) => {
    const way = 'abcdefgh'.charAt(index);
    return { id: way, title: way.toUpperCase(), percent };
  });
  return { id, type: 'split', position, data: { shares } };
}
export function goTo(id: string, target: string): Part<'go_to'> {
  return { id, type: 'go_to', position, data: { target } };
}
/** All of these rules. */
export function allOf(...rules: ConditionRule[]): Conditions {
  return { match: 'all', groups: [{ match: 'all', rules }] };
}
export function action(
  id: string,
  actionId: string,
  input: Part<'action'>['data']['input'] = {},
): Part<'action'> {
  return { id, type: 'action', position, data: { actionId, input } };
}
export function end(id: string): Part<'end'> {
  return { id, type: 'end', position, data: {} };
}

/** An edge written as "from > to" or, by a way out, "from yes> to". */
export function edge(text: string): FlowEdge {
  const [, source = '', way, target = ''] = /^(\w+) (\w+)?> (\w+)$/.exec(text) ?? [];
  return { id: text, source, target, ...(way === undefined ? {} : { sourceHandle: way }) };
}

export function graphOf(nodes: FlowNode[], ...edges: string[]): FlowGraph {
  return { nodes, edges: edges.map(edge), notes: [], settings: defaultSettings };
}

/** Nodes that follow each other. */
export function chain(...nodes: FlowNode[]): FlowGraph {
  return graphOf(nodes, ...nodes.slice(1).map((node, index) => `${nodes[index]?.id ?? ''} > ${node.id}`));
}

/** The same flow with other settings. */
export function withSettings(graph: FlowGraph, settings: Partial<FlowSettings>): FlowGraph {
  return { ...graph, settings: { ...graph.settings, ...settings } };
}
