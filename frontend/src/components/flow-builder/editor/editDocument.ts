import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import type { DraftGraph, NodeType } from '#backend/schemas/flow.ts';
import { pasteClip, type Clip } from './clipboard.ts';
import {
  findNode,
  type FlowDocument,
  type FlowNote,
  type NodeValues,
  type OutputRef,
  type Place,
} from './flowDocument.ts';
import { addNode, connect, disconnect, dropLostWays, insertAt, removeNodes } from './graphEdits.ts';
import { layOut } from './layOut.ts';
import { moveStep, type MoveTarget } from './moveStep.ts';
import { followTrigger } from './usualOneFor.ts';

/** Everything that can be done to a flow while it is built. Ids are made by whoever asks. */
export type Edit =
  | {
      type: 'nodeAdded';
      node: { id: string; type: NodeType; data: NodeValues };
      /** Where it was dropped; else where there is room. */
      at?: Place | undefined;
      /** The way that it is put into. */
      after?: OutputRef | undefined;
    }
  | { type: 'moved'; places: Record<string, Place> }
  | { type: 'connected'; from: OutputRef; target: string }
  | { type: 'disconnected'; edgeIds: readonly string[] }
  | { type: 'removed'; ids: readonly string[]; edgeIds?: readonly string[] }
  | { type: 'valuesChanged'; nodeId: string; field: string; values: NodeValues }
  | { type: 'titled'; nodeId: string; title: string }
  | { type: 'switched'; nodeIds: readonly string[]; disabled: boolean }
  | { type: 'pasted'; clip: Clip; ids: Record<string, string>; by: Place }
  | { type: 'stepMoved'; nodeId: string; to: MoveTarget }
  | { type: 'noteAdded'; note: FlowNote }
  | { type: 'noteChanged'; noteId: string; change: Partial<Omit<FlowNote, 'id'>> }
  | { type: 'settingsChanged'; field: string; settings: FlowSettings }
  | { type: 'tidied' }
  | { type: 'renamed'; name: string };

/** What an edit makes of a document; the very same one where it changes nothing. */
export function editDocument(document: FlowDocument, edit: Edit): FlowDocument {
  if (edit.type === 'renamed')
    return edit.name === document.name ? document : { ...document, name: edit.name };
  const graph = editGraph(document.graph, edit);
  return graph === document.graph ? document : { ...document, graph };
}

function editGraph(graph: DraftGraph, edit: Exclude<Edit, { type: 'renamed' }>): DraftGraph {
  switch (edit.type) {
    case 'nodeAdded':
      if (isTaken(graph, edit.node.id)) return graph;
      return edit.after
        ? insertAt(graph, edit.node, { after: edit.after, at: edit.at })
        : addNode(graph, edit.node, edit.at);
    case 'moved':
      return move(graph, edit.places);
    case 'connected':
      return connect(graph, edit.from, edit.target);
    case 'disconnected':
      return disconnect(graph, edit.edgeIds);
    case 'removed':
      return remove(graph, edit);
    case 'valuesChanged':
      return changeValues(graph, edit.nodeId, edit.values);
    case 'titled':
      return changeNode(graph, edit.nodeId, { title: edit.title });
    case 'switched':
      return edit.nodeIds.reduce((rest, id) => changeNode(rest, id, { disabled: edit.disabled }), graph);
    case 'pasted':
      if (Object.values(edit.ids).some((id) => isTaken(graph, id))) return graph;
      return pasteClip(graph, edit.clip, edit);
    case 'stepMoved':
      return moveStep(graph, edit.nodeId, edit.to);
    case 'noteAdded':
      return isTaken(graph, edit.note.id) ? graph : { ...graph, notes: [...graph.notes, edit.note] };
    case 'noteChanged':
      return changeNote(graph, edit.noteId, edit.change);
    case 'settingsChanged':
      return { ...graph, settings: edit.settings };
    case 'tidied':
      return layOut(graph);
  }
}

function isTaken({ nodes, notes }: DraftGraph, id: string): boolean {
  return nodes.some((node) => node.id === id) || notes.some((note) => note.id === id);
}

function move(graph: DraftGraph, places: Record<string, Place>): DraftGraph {
  const isThere = [...graph.nodes, ...graph.notes].some(({ id, position }) => {
    const place = places[id];
    return place !== undefined && (place.x !== position.x || place.y !== position.y);
  });
  if (!isThere) return graph;
  const put = <Thing extends { id: string; position: Place }>(thing: Thing): Thing => {
    const position = places[thing.id];
    return position ? { ...thing, position } : thing;
  };
  return { ...graph, nodes: graph.nodes.map(put), notes: graph.notes.map(put) };
}

function remove(
  graph: DraftGraph,
  { ids, edgeIds = [] }: { ids: readonly string[]; edgeIds?: readonly string[] },
): DraftGraph {
  const notes = graph.notes.filter(({ id }) => !ids.includes(id));
  const noted = notes.length === graph.notes.length ? graph : { ...graph, notes };
  return removeNodes(disconnect(noted, edgeIds), ids);
}

/** What hangs on the values goes along: the ways out that they make, and what is usual for the trigger. */
function changeValues(graph: DraftGraph, nodeId: string, values: NodeValues): DraftGraph {
  const before = findNode(graph, nodeId)?.data ?? {};
  const changed = dropLostWays(changeNode(graph, nodeId, { data: values }), nodeId);
  return changed === graph ? graph : followTrigger(changed, nodeId, before);
}

interface NodeChange {
  data?: NodeValues;
  title?: string;
  disabled?: boolean;
}

function changeNode(graph: DraftGraph, nodeId: string, change: NodeChange): DraftGraph {
  const node = findNode(graph, nodeId);
  if (!node) return graph;
  const { title: oldTitle = '', disabled: wasDisabled = false, ...bare } = node;
  const { data = node.data, title = oldTitle, disabled = wasDisabled } = change;
  if (data === node.data && title === oldTitle && disabled === wasDisabled) return graph;
  const next = { ...bare, data, ...(title === '' ? {} : { title }), ...(disabled ? { disabled } : {}) };
  return { ...graph, nodes: graph.nodes.map((each) => (each === node ? next : each)) };
}

function changeNote(graph: DraftGraph, noteId: string, change: Partial<Omit<FlowNote, 'id'>>): DraftGraph {
  if (!graph.notes.some(({ id }) => id === noteId)) return graph;
  const notes = graph.notes.map((note) => (note.id === noteId ? { ...note, ...change } : note));
  return { ...graph, notes };
}
