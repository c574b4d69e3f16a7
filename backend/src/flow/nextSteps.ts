import { nodeDefinitions, type FlowGraph, type FlowNode } from '../schemas/flow.ts';

/** Which way a step went, by the output's id; null where there is one only. */
export type StepOutcome = string | null;

/** The nodes that follow a node which went `outcome`; empty where the path ends. */
export function nextSteps(graph: FlowGraph, node: FlowNode, outcome: StepOutcome): FlowNode[] {
  if (node.type === 'end' && !node.disabled) return [];
  if (node.type === 'go_to' && !node.disabled) return nodesById(graph, node.data.target);
  return graph.edges
    .filter((edge) => edge.source === node.id && (edge.sourceHandle ?? null) === outcome)
    .flatMap((edge) => nodesById(graph, edge.target));
}

/** Where people go on from a node that is switched off: by its first way out that leads somewhere. */
export function wayPast(graph: FlowGraph, node: FlowNode): StepOutcome {
  const outputs = nodeDefinitions[node.type].outputs(node.data);
  const used = outputs.find(({ id }) => nextSteps(graph, node, id).length > 0);
  return (used ?? outputs[0])?.id ?? null;
}

/** Whoever goes on at a step by a jump comes to it, and to all that follows, another time. */
export function followingVisit(node: FlowNode, visit: number): number {
  return node.type === 'go_to' && !node.disabled ? visit + 1 : visit;
}

export function findNode(graph: FlowGraph, nodeId: string): FlowNode | undefined {
  return graph.nodes.find((node) => node.id === nodeId);
}

export function findTrigger(graph: FlowGraph) {
  return graph.nodes.find((node) => node.type === 'trigger');
}

function nodesById(graph: FlowGraph, id: string): FlowNode[] {
  const node = findNode(graph, id);
  return node ? [node] : [];
}
