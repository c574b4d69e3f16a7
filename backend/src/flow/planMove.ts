import { nodeDefinitions, type FlowGraph, type FlowNode } from '../schemas/flow.ts';
import { findNode, nextSteps } from './nextSteps.ts';

/**
 * Where people who are at each node of the old graph go on in the new one: at the same node if it is still there and of the
 * same kind, else at the nearest following node that is, else nowhere (null): the flow is over for them.
 */
export function planMove(before: FlowGraph, after: FlowGraph): Map<string, string | null> {
  return new Map(before.nodes.map((node) => [node.id, landingOf(node, before, after)]));
}

/** Where somebody who is at a node lands by such a plan; undefined: nothing is known of their way, and the node is not there any more. */
export function findLanding(
  nodeId: string,
  plan: ReadonlyMap<string, string | null> | undefined,
  after: FlowGraph,
): string | null | undefined {
  const planned = plan?.get(nodeId);
  return planned === undefined ? findNode(after, nodeId)?.id : planned;
}

function landingOf(start: FlowNode, before: FlowGraph, after: FlowGraph): string | null {
  const seen = new Set<string>();
  // Breadth first: the nearest, and of those that are equally near that of the first way out.
  const queue = [start];
  for (let node = queue.shift(); node; node = queue.shift()) {
    if (seen.has(node.id)) continue;
    seen.add(node.id);
    if (findNode(after, node.id)?.type === node.type) return node.id;
    queue.push(...followersOf(node, before));
  }
  return null;
}

function followersOf(node: FlowNode, graph: FlowGraph): FlowNode[] {
  if (node.type === 'go_to') return nextSteps(graph, node, null);
  return nodeDefinitions[node.type].outputs(node.data).flatMap(({ id }) => nextSteps(graph, node, id));
}
