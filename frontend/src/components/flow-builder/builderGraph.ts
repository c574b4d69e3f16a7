import type { Edge, Node } from 'reactflow';
import type { DraftGraph, FlowEdge, NodeType } from '#backend/schemas/flow.ts';

export type NodeValues = Record<string, unknown>;
/** How a node is drawn: ServiceTitan's actions have a look of their own. */
export type CanvasNodeType = NodeType | 'servicetitan';
export type BuilderNode = Node<{ type: NodeType; values: NodeValues }, CanvasNodeType>;
export interface BuilderGraph {
  nodes: BuilderNode[];
  edges: Edge[];
}
export type Output = 'yes' | 'no' | null;
export interface OutputOfNode {
  nodeId: string;
  output: Output;
}

const distance = { down: 140, aside: 150 };

/** The ways out of a node: a condition has two, an end has none. */
export function outputsOf(type: NodeType): readonly Output[] {
  if (type === 'condition') return ['yes', 'no'];
  return type === 'end' ? [] : [null];
}

function canvasTypeOf(type: NodeType, values: NodeValues): CanvasNodeType {
  const { actionId } = values;
  const isServiceTitan =
    type === 'action' && typeof actionId === 'string' && actionId.startsWith('servicetitan_');
  return isServiceTitan ? 'servicetitan' : type;
}

function asOutput(handle: string | null | undefined): Output {
  return handle === 'yes' || handle === 'no' ? handle : null;
}

function makeEdge(source: string, output: Output, target: string): Edge {
  const way = output ? { sourceHandle: output } : {};
  return { id: `${source}:${output ?? 'out'}:${target}`, source, target, ...way };
}

function makeNode(node: DraftGraph['nodes'][number]): BuilderNode {
  const { id, type, position, data } = node;
  return {
    id,
    type: canvasTypeOf(type, data),
    position,
    data: { type, values: data },
    deletable: type !== 'trigger',
  };
}

/** A stored graph as the canvas holds it. */
export function toCanvas(graph: DraftGraph): BuilderGraph {
  return {
    nodes: graph.nodes.map(makeNode),
    edges: graph.edges.map(({ id, source, target, sourceHandle }) => ({
      ...makeEdge(source, asOutput(sourceHandle), target),
      id,
    })),
  };
}

/** What is stored of the canvas: without sizes, selection and labels. */
export function toDraft({ nodes, edges }: BuilderGraph): DraftGraph {
  return {
    nodes: nodes.map(({ id, position, data }) => ({
      id,
      type: data.type,
      position: { x: Math.round(position.x), y: Math.round(position.y) },
      data: data.values,
    })),
    edges: edges.map(({ id, source, target, sourceHandle }): FlowEdge => {
      const output = asOutput(sourceHandle);
      return output ? { id, source, target, sourceHandle: output } : { id, source, target };
    }),
  };
}

export function isFree({ edges }: BuilderGraph, { nodeId, output }: OutputOfNode): boolean {
  return !edges.some(({ source, sourceHandle }) => source === nodeId && asOutput(sourceHandle) === output);
}

/** Whether the two may be joined: nothing leads into the trigger or back to itself. */
export function mayConnect({ nodes }: BuilderGraph, source: string, target: string): boolean {
  const into = nodes.find(({ id }) => id === target);
  return source !== target && into !== undefined && into.data.type !== 'trigger';
}

/** Joins an output to a node; what the output led to before gives way. */
export function connectNodes(graph: BuilderGraph, from: OutputOfNode, target: string): BuilderGraph {
  if (!mayConnect(graph, from.nodeId, target)) return graph;
  const others = graph.edges.filter(
    ({ source, sourceHandle }) => source !== from.nodeId || asOutput(sourceHandle) !== from.output,
  );
  return { ...graph, edges: [...others, makeEdge(from.nodeId, from.output, target)] };
}

function placeAfter(node: BuilderNode, output: Output): { x: number; y: number } {
  const aside = { yes: -distance.aside, no: distance.aside };
  return { x: node.position.x + (output ? aside[output] : 0), y: node.position.y + distance.down };
}

export interface NewNode {
  id: string;
  type: NodeType;
  values: NodeValues;
  position?: { x: number; y: number } | undefined;
  /** The output that leads to it. */
  after?: OutputOfNode | undefined;
}

/** Adds a node where it was dropped, below what it follows, or below everything. */
export function addNode(graph: BuilderGraph, { id, type, values, position, after }: NewNode): BuilderGraph {
  const follows = after ? graph.nodes.find((node) => node.id === after.nodeId) : undefined;
  const lowest = graph.nodes.toSorted((a, b) => b.position.y - a.position.y)[0];
  const anchor = follows ?? lowest;
  const place = position ?? (anchor ? placeAfter(anchor, after?.output ?? null) : { x: 0, y: 0 });
  const added = { ...graph, nodes: [...graph.nodes, makeNode({ id, type, position: place, data: values })] };
  return after && follows ? connectNodes(added, after, id) : added;
}

/** Removes nodes and edges; what led to a removed node goes on to what followed it. */
export function removeFrom(graph: BuilderGraph, nodeIds: string[], edgeIds: string[]): BuilderGraph {
  const kept = { ...graph, edges: graph.edges.filter(({ id }) => !edgeIds.includes(id)) };
  return nodeIds.reduce(removeNode, kept);
}

function removeNode(graph: BuilderGraph, nodeId: string): BuilderGraph {
  const incoming = graph.edges.filter(({ target }) => target === nodeId);
  const outgoing = graph.edges.filter(({ source }) => source === nodeId);
  const without = {
    nodes: graph.nodes.filter(({ id }) => id !== nodeId),
    edges: graph.edges.filter(({ source, target }) => source !== nodeId && target !== nodeId),
  };
  const [next] = outgoing;
  if (!next || outgoing.length > 1) return without;
  return incoming.reduce(
    (joined, { source, sourceHandle }) =>
      connectNodes(joined, { nodeId: source, output: asOutput(sourceHandle) }, next.target),
    without,
  );
}

/** The nodes as steps: from the trigger down each way, then whatever nothing leads to. */
export function orderNodes({
  nodes,
  edges,
}: BuilderGraph): { node: BuilderNode; depth: number; via: Output }[] {
  const ordered = new Map<string, { node: BuilderNode; depth: number; via: Output }>();
  const visit = (id: string, depth: number, via: Output) => {
    const node = nodes.find((each) => each.id === id);
    if (!node || ordered.has(id)) return;
    ordered.set(id, { node, depth, via });
    const branches = node.data.type === 'condition';
    for (const output of outputsOf(node.data.type)) {
      const edge = edges.find(
        ({ source, sourceHandle }) => source === id && asOutput(sourceHandle) === output,
      );
      if (edge) visit(edge.target, branches ? depth + 1 : depth, output);
    }
  };
  const starts = nodes.filter(({ data }) => data.type === 'trigger');
  for (const { id } of [...starts, ...nodes]) visit(id, 0, null);
  return [...ordered.values()];
}
