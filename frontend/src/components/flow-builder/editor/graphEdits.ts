import type { DraftGraph } from '#backend/schemas/flow.ts';
import {
  edgeFrom,
  findNode,
  gridSize,
  makeEdge,
  outputOf,
  outputsOf,
  spacing,
  whyNotConnect,
  type DraftNode,
  type OutputRef,
  type Place,
} from './flowDocument.ts';

/** Joins an output to a node; what the output led to before gives way. Unchanged where that may not be. */
export function connect(graph: DraftGraph, from: OutputRef, target: string): DraftGraph {
  if (whyNotConnect(graph, from, target) !== null) return graph;
  const before = edgeFrom(graph, from);
  if (before?.target === target) return graph;
  return { ...graph, edges: [...graph.edges.filter((edge) => edge !== before), makeEdge(from, target)] };
}

export function disconnect(graph: DraftGraph, edgeIds: readonly string[]): DraftGraph {
  const edges = graph.edges.filter(({ id }) => !edgeIds.includes(id));
  return edges.length === graph.edges.length ? graph : { ...graph, edges };
}

/** The nearest place at or below the wanted one where nothing stands. */
function freePlace(graph: DraftGraph, wanted: Place): Place {
  let { x, y } = wanted;
  const isTaken = () =>
    graph.nodes.some(
      ({ position }) =>
        Math.abs(position.x - x) < spacing.column - 40 && Math.abs(position.y - y) < spacing.row - 50,
    );
  for (let tries = 0; isTaken() && tries < graph.nodes.length; tries += 1) x += spacing.column;
  if (isTaken()) y = Math.max(...graph.nodes.map(({ position }) => position.y)) + spacing.row;
  return { x: Math.round(x / gridSize) * gridSize, y: Math.round(y / gridSize) * gridSize };
}

function placeBelow({ type, data, position }: DraftNode, output: string | null): Place {
  const outputs = outputsOf({ type, data });
  const index = outputs.findIndex(({ id }) => id === output);
  const aside = index < 0 ? 0 : (index - (outputs.length - 1) / 2) * spacing.column;
  return { x: position.x + aside, y: position.y + spacing.row };
}

/** Adds a node without joining it to anything. */
export function addNode(graph: DraftGraph, node: Omit<DraftNode, 'position'>, at?: Place): DraftGraph {
  const lowest = graph.nodes.toSorted((one, other) => other.position.y - one.position.y)[0];
  const wanted = at ?? (lowest ? placeBelow(lowest, null) : { x: 0, y: 0 });
  const position = at ?? freePlace(graph, wanted);
  return { ...graph, nodes: [...graph.nodes, { ...node, position }] };
}

/** Everything below and including a node makes room for a row. */
function pushDown(graph: DraftGraph, targetId: string): DraftGraph {
  const target = findNode(graph, targetId);
  if (!target) return graph;
  const from = target.position.y;
  const nodes = graph.nodes.map((node) =>
    node.position.y >= from
      ? { ...node, position: { x: node.position.x, y: node.position.y + spacing.row } }
      : node,
  );
  return { ...graph, nodes };
}

/** Puts a node into the way that begins at the output: what it led to follows by the node's first way out. */
export function insertAt(
  graph: DraftGraph,
  node: Omit<DraftNode, 'position'>,
  { after, at }: { after: OutputRef; at?: Place | undefined },
): DraftGraph {
  const follows = findNode(graph, after.nodeId);
  if (!follows) return addNode(graph, node, at);
  const edge = edgeFrom(graph, after);
  const followers = edge && findNode(graph, edge.target);
  const place = at ?? placeBelow(follows, after.output);
  const isTight = followers !== undefined && followers.position.y - follows.position.y < spacing.row * 2 - 40;
  const roomy = isTight ? pushDown(graph, followers.id) : graph;
  const added = addNode(roomy, node, edge ? place : freePlace(roomy, place));
  const joined = connect(added, after, node.id);
  const first = outputsOf(node)[0];
  return edge && first ? connect(joined, { nodeId: node.id, output: first.id }, edge.target) : joined;
}

/** Takes a node out of the way that it stands in: what led to it goes on by its first way that leads somewhere. */
export function detach(graph: DraftGraph, nodeId: string): DraftGraph {
  const node = findNode(graph, nodeId);
  if (!node) return graph;
  const incoming = graph.edges.filter(({ target }) => target === nodeId);
  const onward = outputsOf(node)
    .map(({ id }) => edgeFrom(graph, { nodeId, output: id }))
    .find((edge) => edge !== undefined);
  const without = {
    ...graph,
    edges: graph.edges.filter((edge) => edge.target !== nodeId && edge !== onward),
  };
  if (!onward) return without;
  return incoming.reduce(
    (joined, edge) => connect(joined, { nodeId: edge.source, output: outputOf(edge) }, onward.target),
    without,
  );
}

/** Removes nodes; what led to each goes on to what followed it, where that is one thing only. */
export function removeNodes(graph: DraftGraph, nodeIds: readonly string[]): DraftGraph {
  return nodeIds.reduce((rest, nodeId) => {
    if (!findNode(rest, nodeId)) return rest;
    const outgoing = rest.edges.filter(({ source }) => source === nodeId);
    const loose = outgoing.length === 1 ? detach(rest, nodeId) : rest;
    return {
      ...loose,
      nodes: loose.nodes.filter(({ id }) => id !== nodeId),
      edges: loose.edges.filter(({ source, target }) => source !== nodeId && target !== nodeId),
    };
  }, graph);
}

/** Connections from ways out that the nodes no longer have, such as a removed share of a split, are dropped. */
export function dropLostWays(graph: DraftGraph, nodeId: string): DraftGraph {
  const node = findNode(graph, nodeId);
  if (!node) return graph;
  const known = new Set(outputsOf(node).map(({ id }) => id));
  const edges = graph.edges.filter((edge) => edge.source !== nodeId || known.has(outputOf(edge)));
  return edges.length === graph.edges.length ? graph : { ...graph, edges };
}
