import type { FlowGraph, FlowNode } from '../schemas/flow.ts';

/** Which way a step went; only conditions have two. */
export type StepOutcome = 'yes' | 'no' | null;

/** The nodes that follow a node which went `outcome`; empty where the path ends. */
export function nextSteps(graph: FlowGraph, node: FlowNode, outcome: StepOutcome): FlowNode[] {
  if (node.type === 'end') return [];
  return graph.edges
    .filter((edge) => edge.source === node.id && (node.type !== 'condition' || edge.sourceHandle === outcome))
    .flatMap((edge) => graph.nodes.filter((candidate) => candidate.id === edge.target));
}

export function findNode(graph: FlowGraph, nodeId: string): FlowNode | undefined {
  return graph.nodes.find((node) => node.id === nodeId);
}
