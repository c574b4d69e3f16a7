import { nodeDefinitions, type DraftGraph, type FlowNote } from '#backend/schemas/flow.ts';
import type { NodeOutput } from '#backend/schemas/nodes/defineNode.ts';

export type DraftNode = DraftGraph['nodes'][number];
export type DraftEdge = DraftGraph['edges'][number];
export type { FlowNote };
export type NodeValues = Record<string, unknown>;
export interface Place {
  x: number;
  y: number;
}

/** What is edited, and what undo gives back: the flow's name and its draft. Never changed in place. */
export interface FlowDocument {
  name: string;
  graph: DraftGraph;
}

/** A way out of a node, by the output's id; null is the only one. */
export interface OutputRef {
  nodeId: string;
  output: string | null;
}

/** How far apart steps stand. */
export const spacing = { column: 290, row: 156 } as const;
export const gridSize = 10;

export function outputsOf({ type, data }: Pick<DraftNode, 'type' | 'data'>): readonly NodeOutput[] {
  return nodeDefinitions[type].outputs(data);
}

export function findNode(graph: DraftGraph, nodeId: string): DraftNode | undefined {
  return graph.nodes.find(({ id }) => id === nodeId);
}

export function outputOf({ sourceHandle }: Pick<DraftEdge, 'sourceHandle'>): string | null {
  return sourceHandle ?? null;
}

export function edgeFrom(graph: DraftGraph, { nodeId, output }: OutputRef): DraftEdge | undefined {
  return graph.edges.find((edge) => edge.source === nodeId && outputOf(edge) === output);
}

export function isFree(graph: DraftGraph, from: OutputRef): boolean {
  return edgeFrom(graph, from) === undefined;
}

export function makeEdge({ nodeId, output }: OutputRef, target: string): DraftEdge {
  const way = output === null ? {} : { sourceHandle: output };
  return { id: `${nodeId}:${output ?? 'out'}:${target}`, source: nodeId, target, ...way };
}

/** Everything that can be reached from the node along its ways, itself left out unless a circle leads back. */
export function reachedFrom(graph: DraftGraph, nodeId: string): Set<string> {
  const targets = Map.groupBy(graph.edges, ({ source }) => source);
  const reached = new Set<string>();
  const open = [nodeId];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const { target } of targets.get(id) ?? []) {
      if (reached.has(target)) continue;
      reached.add(target);
      open.push(target);
    }
  }
  return reached;
}

/** Everything from which ways lead to the node. */
export function leadingTo(graph: DraftGraph, nodeId: string): Set<string> {
  const edges = graph.edges.map(({ id, source, target }) => ({ id, source: target, target: source }));
  return reachedFrom({ ...graph, edges }, nodeId);
}

/** Why the two may not be joined; null: they may. */
export function whyNotConnect(graph: DraftGraph, from: OutputRef, target: string): string | null {
  const into = findNode(graph, target);
  const source = findNode(graph, from.nodeId);
  if (!into || !source) return 'That step is gone.';
  if (!outputsOf(source).some(({ id }) => id === from.output)) return 'That way out does not exist.';
  if (into.type === 'trigger') return 'Nothing can lead to the trigger.';
  if (from.nodeId === target || reachedFrom(graph, target).has(from.nodeId))
    return 'That would lead in a circle. Use “Go to” for the way back.';
  return null;
}
