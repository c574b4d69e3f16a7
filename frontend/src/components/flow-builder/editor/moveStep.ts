import type { DraftGraph } from '#backend/schemas/flow.ts';
import {
  edgeFrom,
  findNode,
  outputOf,
  outputsOf,
  reachedFrom,
  type DraftEdge,
  type OutputRef,
} from './flowDocument.ts';
import { connect, detach } from './graphEdits.ts';

export type MoveTarget = 'up' | 'down' | OutputRef;

/** The way by which people go on from a node first; undefined where it leads nowhere. */
function onwardEdge(graph: DraftGraph, nodeId: string): DraftEdge | undefined {
  const node = findNode(graph, nodeId);
  if (!node) return undefined;
  return outputsOf(node)
    .map(({ id }) => edgeFrom(graph, { nodeId, output: id }))
    .find((edge) => edge !== undefined);
}

function placeOf(graph: DraftGraph, nodeId: string, to: MoveTarget): OutputRef | null {
  if (typeof to === 'object') return to;
  if (to === 'down') {
    const next = onwardEdge(graph, nodeId)?.target;
    const node = next === undefined ? undefined : findNode(graph, next);
    const first = node && outputsOf(node)[0];
    return node && first ? { nodeId: node.id, output: first.id } : null;
  }
  const before = graph.edges.find(({ target }) => target === nodeId)?.source;
  const into = before === undefined ? undefined : graph.edges.find(({ target }) => target === before);
  return into ? { nodeId: into.source, output: outputOf(into) } : null;
}

/** Takes a step out of its place in the way and puts it in at another; unchanged where that cannot be. */
export function moveStep(graph: DraftGraph, nodeId: string, to: MoveTarget): DraftGraph {
  const node = findNode(graph, nodeId);
  const after = placeOf(graph, nodeId, to);
  if (!node || node.type === 'trigger' || !after || after.nodeId === nodeId) return graph;
  if (edgeFrom(graph, after)?.target === nodeId) return graph;
  const loose = detach(graph, nodeId);
  // Its other ways stay with it: what they lead to cannot come before it.
  if (reachedFrom(loose, nodeId).has(after.nodeId)) return graph;
  const follows = edgeFrom(loose, after);
  const joined = connect(loose, after, nodeId);
  if (joined === loose) return graph;
  const free = outputsOf(node).find(({ id }) => edgeFrom(joined, { nodeId, output: id }) === undefined);
  if (!follows) return swapPlaces(joined, nodeId, after.nodeId, to);
  if (!free) return graph;
  const moved = connect(joined, { nodeId, output: free.id }, follows.target);
  return swapPlaces(moved, nodeId, typeof to === 'object' ? null : otherOf(graph, nodeId, to), to);
}

function otherOf(graph: DraftGraph, nodeId: string, to: 'up' | 'down'): string | null {
  if (to === 'down') return onwardEdge(graph, nodeId)?.target ?? null;
  return graph.edges.find(({ target }) => target === nodeId)?.source ?? null;
}

/** Neighbours that change their order change their places on the canvas too. */
function swapPlaces(graph: DraftGraph, nodeId: string, otherId: string | null, to: MoveTarget): DraftGraph {
  const node = findNode(graph, nodeId);
  const other = otherId === null ? undefined : findNode(graph, otherId);
  if (!node || !other || typeof to === 'object') return graph;
  const nodes = graph.nodes.map((each) => {
    if (each === node) return { ...each, position: other.position };
    return each === other ? { ...each, position: node.position } : each;
  });
  return { ...graph, nodes };
}
