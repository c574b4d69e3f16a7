import { applyEdgeChanges, applyNodeChanges, type EdgeChange, type NodeChange } from 'reactflow';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import {
  addNode,
  connectNodes,
  removeFrom,
  toCanvas,
  type BuilderGraph,
  type BuilderNode,
  type NewNode,
  type NodeValues,
  type OutputOfNode,
} from './builderGraph.ts';
import { tidyGraph } from './tidyGraph.ts';

export interface EditorState {
  graph: BuilderGraph;
  name: string;
  past: BuilderGraph[];
  future: BuilderGraph[];
  /** What the newest entry of the past belongs to: changes of the same kind in a row are undone together. */
  lastChange: string | null;
}

export type EditorEvent =
  | { type: 'nodesChanged'; changes: NodeChange<BuilderNode>[] }
  | { type: 'edgesChanged'; changes: EdgeChange[] }
  | { type: 'nodeAdded'; node: NewNode }
  | { type: 'connected'; from: OutputOfNode; target: string }
  | { type: 'removed'; nodeIds: string[]; edgeIds: string[] }
  | { type: 'valuesChanged'; nodeId: string; field: string; values: NodeValues }
  | { type: 'tidied' }
  | { type: 'renamed'; name: string }
  | { type: 'selected'; nodeId: string | null }
  | { type: 'undone' }
  | { type: 'redone' };

const longestPast = 100;

export function openEditor(draft: DraftGraph, name: string): EditorState {
  return { graph: toCanvas(draft), name, past: [], future: [], lastChange: null };
}

function remember(state: EditorState, graph: BuilderGraph, change: string | null = null): EditorState {
  if (graph === state.graph) return state;
  const joins = change !== null && change === state.lastChange;
  const past = joins ? state.past : [...state.past, state.graph].slice(-longestPast);
  return { ...state, graph, past, future: [], lastChange: change };
}

function select(graph: BuilderGraph, nodeId: string | null): BuilderGraph {
  return {
    nodes: graph.nodes.map((node) => ({ ...node, selected: node.id === nodeId })),
    edges: graph.edges.map((edge) => ({ ...edge, selected: false })),
  };
}

function changeNodes(state: EditorState, changes: NodeChange<BuilderNode>[]): EditorState {
  const graph = { ...state.graph, nodes: applyNodeChanges(changes, state.graph.nodes) };
  // A move is remembered once, from where it began; measuring and selecting are no edits.
  const moves = changes.some((change) => change.type === 'position' && change.position !== undefined);
  const isDragging = changes.some((change) => change.type === 'position' && change.dragging === true);
  if (!moves) return { ...state, graph };
  const moved = remember(state, graph, 'move');
  return isDragging ? moved : { ...moved, lastChange: null };
}

/** The whole behaviour of the builder's canvas: what each event makes of the graph, and what can be undone. */
export function editFlow(state: EditorState, event: EditorEvent): EditorState {
  const { graph, past, future } = state;
  switch (event.type) {
    case 'nodesChanged':
      return changeNodes(state, event.changes);
    case 'edgesChanged':
      return { ...state, graph: { ...graph, edges: applyEdgeChanges(event.changes, graph.edges) } };
    case 'nodeAdded':
      return remember(state, select(addNode(graph, event.node), event.node.id));
    case 'connected':
      return remember(state, connectNodes(graph, event.from, event.target));
    case 'removed':
      return remember(state, removeFrom(graph, event.nodeIds, event.edgeIds));
    case 'valuesChanged': {
      const nodes = graph.nodes.map((node) =>
        node.id === event.nodeId ? { ...node, data: { ...node.data, values: event.values } } : node,
      );
      return remember(state, { ...graph, nodes }, `${event.nodeId} ${event.field}`);
    }
    case 'tidied':
      return remember(state, tidyGraph(graph));
    case 'renamed':
      return { ...state, name: event.name };
    case 'selected':
      return { ...state, graph: select(graph, event.nodeId) };
    case 'undone': {
      const before = past.at(-1);
      if (!before) return state;
      return {
        ...state,
        graph: before,
        past: past.slice(0, -1),
        future: [graph, ...future],
        lastChange: null,
      };
    }
    case 'redone': {
      const [after, ...rest] = future;
      if (!after) return state;
      return { ...state, graph: after, past: [...past, graph], future: rest, lastChange: null };
    }
  }
}
