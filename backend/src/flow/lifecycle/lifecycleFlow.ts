import { noConditions } from '../../schemas/conditions.ts';
import type { FlowEdge, FlowGraph, FlowNode } from '../../schemas/flow.ts';
import { defaultSettings } from '../../schemas/flowSettings.ts';
import type { StateNumber } from '../../schemas/state.ts';

export interface LifecycleFlow {
  templateKey: string;
  name: string;
  description: string;
  triggerState: Exclude<StateNumber, 0>;
  graph: FlowGraph;
}

type Step = FlowNode extends infer Node
  ? Node extends FlowNode
    ? Pick<Node, 'id' | 'type' | 'data'>
    : never
  : never;

const rowGap = 130;

/** A flow whose steps simply follow each other, laid out from the top down. */
export function lifecycleFlow(flow: Omit<LifecycleFlow, 'graph'>, steps: readonly Step[]): LifecycleFlow {
  const { triggerState: state } = flow;
  const trigger: Step = {
    id: 'trigger',
    type: 'trigger',
    data: { on: 'state_changed', states: [state], connectionIds: [], where: noConditions },
  };
  const nodes = [trigger, ...steps].map((step, index): FlowNode =>
    Object.assign({ position: { x: 0, y: index * rowGap } }, step),
  );
  const edges = nodes.slice(1).map((node, index): FlowEdge => {
    const source = nodes[index]?.id ?? trigger.id;
    return { id: `${source}-${node.id}`, source, target: node.id };
  });
  // A visit or an install is its own matter, however many a customer has.
  const oneFor = state === 2 || state === 5 || state === 6 ? 'journey' : 'customer';
  return { ...flow, graph: { nodes, edges, notes: [], settings: { ...defaultSettings, oneFor } } };
}

export function waitDays(amount: number): Step {
  return { id: `wait_${amount}_days`, type: 'wait', data: { amount, unit: 'days' } };
}

/** The hour in which an office that cancels may book again without the customer hearing of it. */
export const graceHour = {
  id: 'grace',
  type: 'wait',
  data: { amount: 1, unit: 'hours' },
} as const satisfies Step;

export const dayBeforeVisit = {
  id: 'day_before',
  type: 'wait_until',
  data: { hours: 24, direction: 'before', whenPast: 'end' },
} as const satisfies Step;

interface EmailText {
  subject: string;
  body: string;
}

export function marketing(id: string, text: EmailText): Step {
  return { id, type: 'send_email', data: { ...text, body: text.body.trim(), class: 'marketing' } };
}

export function transactional(id: string, text: EmailText): Step {
  return { id, type: 'send_email', data: { ...text, body: text.body.trim(), class: 'transactional' } };
}

/** The end of a sequence that nobody answered. */
export function backToContact(reason: string): Step {
  return {
    id: 'back_to_contact',
    type: 'action',
    data: { actionId: 'servicetitan_update_state', input: { state: 0, reason } },
  };
}
