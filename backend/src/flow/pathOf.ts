import type { FlowGraph } from '../schemas/flow.ts';

/** A run's steps in the order of its way through the graph: many are entered at the same moment. */
export function pathOf<Step extends { node_id: string }>(graph: FlowGraph, steps: readonly Step[]): Step[] {
  const left = new Map(steps.map((step) => [step.node_id, step]));
  const path: Step[] = [];
  let nodeId = graph.nodes.find((node) => node.type === 'trigger')?.id;
  while (nodeId !== undefined) {
    const step = left.get(nodeId);
    if (!step) break;
    left.delete(nodeId);
    path.push(step);
    const source = nodeId;
    nodeId = graph.edges.find((edge) => edge.source === source && left.has(edge.target))?.target;
  }
  return [...path, ...left.values()];
}
