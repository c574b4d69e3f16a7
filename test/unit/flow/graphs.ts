import type { FlowEdge, FlowGraph, FlowNode } from '#backend/schemas/flow.ts';

const position = { x: 0, y: 0 };

type Part<Type extends FlowNode['type']> = Extract<FlowNode, { type: Type }>;

export function trigger(state: Part<'trigger'>['data']['state'] = 1): Part<'trigger'> {
  return { id: 'trigger', type: 'trigger', position, data: { state } };
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
export function condition(id: string, data: Partial<Part<'condition'>['data']> = {}): Part<'condition'> {
  return {
    id,
    type: 'condition',
    position,
    data: { field: 'job.total', operator: 'greater', value: 100, ...data },
  };
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

/** An edge written as "from > to" or "from yes> to". */
export function edge(text: string): FlowEdge {
  const [, source = '', way, target = ''] = /^(\w+) (yes|no)?> (\w+)$/.exec(text) ?? [];
  return { id: text, source, target, ...(way === 'yes' || way === 'no' ? { sourceHandle: way } : {}) };
}

export function graphOf(nodes: FlowNode[], ...edges: string[]): FlowGraph {
  return { nodes, edges: edges.map(edge) };
}

/** Nodes that follow each other. */
export function chain(...nodes: FlowNode[]): FlowGraph {
  return {
    nodes,
    edges: nodes.slice(1).map((node, index) => edge(`${nodes[index]?.id ?? ''} > ${node.id}`)),
  };
}
