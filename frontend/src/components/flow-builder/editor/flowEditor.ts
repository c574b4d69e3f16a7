import { editDocument, type Edit } from './editDocument.ts';
import type { FlowDocument } from './flowDocument.ts';

/** The builder's state: the document, its past and future, and what is selected. */
export interface EditorState {
  document: FlowDocument;
  past: readonly Moment[];
  future: readonly Moment[];
  /** Ids of nodes, notes and connections. */
  selected: ReadonlySet<string>;
  /** What the newest edit belongs to: edits of the same group in a row are taken back together. */
  group: string | null;
}

interface Moment {
  document: FlowDocument;
  selected: ReadonlySet<string>;
}

export type EditorEvent =
  | Edit
  | { type: 'selected'; ids: readonly string[] }
  /** What the canvas says about single things, in several messages at a time. */
  | { type: 'selectionChanged'; changes: Readonly<Record<string, boolean>> }
  | { type: 'undone' }
  | { type: 'redone' }
  /** What was typed is finished: more of the same is another edit. */
  | { type: 'paused' };

const longestPast = 200;
const nothing: ReadonlySet<string> = new Set();

export function openEditor(document: FlowDocument): EditorState {
  return { document, past: [], future: [], selected: nothing, group: null };
}

/** The whole behaviour of the builder: what each event makes of the document, of its history and of the selection. */
export function runEditor(state: EditorState, event: EditorEvent): EditorState {
  switch (event.type) {
    case 'selected':
      return isSame(state.selected, event.ids)
        ? state
        : { ...state, selected: new Set(event.ids), group: null };
    case 'selectionChanged':
      return runEditor(state, { type: 'selected', ids: changedSelection(state.selected, event.changes) });
    case 'paused':
      return state.group === null ? state : { ...state, group: null };
    case 'undone':
      return travel(state, 'past');
    case 'redone':
      return travel(state, 'future');
    case 'nodeAdded':
    case 'moved':
    case 'connected':
    case 'disconnected':
    case 'removed':
    case 'valuesChanged':
    case 'titled':
    case 'switched':
    case 'pasted':
    case 'stepMoved':
    case 'noteAdded':
    case 'noteChanged':
    case 'settingsChanged':
    case 'tidied':
    case 'renamed':
      return edit(state, event);
  }
}

function edit(state: EditorState, event: Edit): EditorState {
  const document = editDocument(state.document, event);
  if (document === state.document) return state;
  const group = groupOf(event);
  const joins = group !== null && group === state.group;
  const before = { document: state.document, selected: state.selected };
  const past = joins ? state.past : [...state.past, before].slice(-longestPast);
  return { document, past, future: [], selected: selectionAfter(state.selected, event), group };
}

/** Letters typed into one field are one edit; so are the steps of an arrow key held down. */
function groupOf(event: Edit): string | null {
  switch (event.type) {
    case 'valuesChanged':
      return `values ${event.nodeId} ${event.field}`;
    case 'titled':
      return `title ${event.nodeId}`;
    case 'settingsChanged':
      return `settings ${event.field}`;
    case 'noteChanged':
      return `note ${event.noteId} ${Object.keys(event.change).join(' ')}`;
    case 'renamed':
      return 'name';
    case 'moved':
      return `moved ${Object.keys(event.places).toSorted().join(' ')}`;
    case 'nodeAdded':
    case 'connected':
    case 'disconnected':
    case 'removed':
    case 'switched':
    case 'pasted':
    case 'stepMoved':
    case 'noteAdded':
    case 'tidied':
      return null;
  }
}

function selectionAfter(selected: ReadonlySet<string>, event: Edit): ReadonlySet<string> {
  switch (event.type) {
    case 'nodeAdded':
      return new Set([event.node.id]);
    case 'noteAdded':
      return new Set([event.note.id]);
    case 'pasted':
      return new Set(Object.values(event.ids));
    case 'removed':
      return new Set([...selected].filter((id) => !event.ids.includes(id) && !event.edgeIds?.includes(id)));
    case 'disconnected':
      return new Set([...selected].filter((id) => !event.edgeIds.includes(id)));
    case 'moved':
    case 'connected':
    case 'valuesChanged':
    case 'titled':
    case 'switched':
    case 'stepMoved':
    case 'noteChanged':
    case 'settingsChanged':
    case 'tidied':
    case 'renamed':
      return selected;
  }
}

function travel(state: EditorState, direction: 'past' | 'future'): EditorState {
  const to = direction === 'past' ? state.past.at(-1) : state.future[0];
  if (!to) return state;
  const here = { document: state.document, selected: state.selected };
  return {
    document: to.document,
    selected: to.selected,
    past: direction === 'past' ? state.past.slice(0, -1) : [...state.past, here],
    future: direction === 'past' ? [here, ...state.future] : state.future.slice(1),
    group: null,
  };
}

function isSame(selected: ReadonlySet<string>, ids: readonly string[]): boolean {
  return selected.size === ids.length && ids.every((id) => selected.has(id));
}

function changedSelection(
  selected: ReadonlySet<string>,
  changes: Readonly<Record<string, boolean>>,
): string[] {
  const chosen = Object.keys(changes).filter((id) => changes[id] === true);
  return [...new Set([...selected, ...chosen])].filter((id) => changes[id] !== false);
}
