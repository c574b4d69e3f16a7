import { z } from 'zod';
import { draftGraph, type DraftGraph } from '#backend/schemas/flow.ts';
import { gridSize, isFree, type NodeValues, type Place } from './flowDocument.ts';
import { connect } from './graphEdits.ts';

const format = 'chou-flow-steps';
const clipSchema = z.object({
  format: z.literal(format),
  version: z.literal(1),
  nodes: draftGraph.shape.nodes,
  edges: draftGraph.shape.edges,
  notes: draftGraph.shape.notes,
});

/** Steps with the connections between them, and notes: what can be pasted, here or in another flow. */
export type Clip = Pick<DraftGraph, 'nodes' | 'edges' | 'notes'>;

/** What of the selection can be copied; the trigger stays, a flow has one only. Null: nothing. */
export function clipOf(graph: DraftGraph, selected: ReadonlySet<string>): Clip | null {
  const nodes = graph.nodes.filter(({ id, type }) => selected.has(id) && type !== 'trigger');
  const notes = graph.notes.filter(({ id }) => selected.has(id));
  if (nodes.length + notes.length === 0) return null;
  const ids = new Set(nodes.map(({ id }) => id));
  return {
    nodes,
    notes,
    edges: graph.edges.filter(({ source, target }) => ids.has(source) && ids.has(target)),
  };
}

/** A clip as the clipboard's text. */
export function writeClip(clip: Clip): string {
  return JSON.stringify({ format, version: 1, ...clip }, null, 1);
}

/** What a clipboard's text holds; null where it is something else. Text from anywhere: nothing of it is believed. */
export function readClip(text: string): Clip | null {
  if (text.length > 5_000_000 || !text.includes(format)) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const parsed = clipSchema.safeParse(value);
  if (!parsed.success) return null;
  const nodes = parsed.data.nodes.filter(({ type }) => type !== 'trigger');
  const ids = new Set(nodes.map(({ id }) => id));
  if (ids.size < nodes.length || nodes.length + parsed.data.notes.length === 0) return null;
  const edges = parsed.data.edges.filter(({ source, target }) => ids.has(source) && ids.has(target));
  return { nodes, edges, notes: parsed.data.notes };
}

/** A graph with the clip added under new ids; what was renamed inside it is renamed everywhere inside it. */
export function pasteClip(
  graph: DraftGraph,
  clip: Clip,
  paste: { ids: Record<string, string>; by: Place },
): DraftGraph {
  const idOf = (id: string) => paste.ids[id] ?? id;
  const shift = ({ x, y }: Place) => ({
    x: Math.round((x + paste.by.x) / gridSize) * gridSize,
    y: Math.round((y + paste.by.y) / gridSize) * gridSize,
  });
  const nodes = clip.nodes.map((node) => ({
    ...node,
    id: idOf(node.id),
    position: shift(node.position),
    data: renameIn(node.data, paste.ids),
  }));
  const notes = clip.notes.map((note) => ({ ...note, id: idOf(note.id), position: shift(note.position) }));
  const added = { ...graph, nodes: [...graph.nodes, ...nodes], notes: [...graph.notes, ...notes] };
  let joined: DraftGraph = added;
  for (const { source, target, sourceHandle } of clip.edges) {
    const from = { nodeId: idOf(source), output: sourceHandle ?? null };
    if (isFree(joined, from)) joined = connect(joined, from, idOf(target));
  }
  return joined;
}

/** New ids for everything in a clip, by what they were. */
export function newIdsFor(clip: Clip, makeId: (stem: string) => string): Record<string, string> {
  return Object.fromEntries([
    ...clip.nodes.map(({ id, type }) => [id, makeId(type)]),
    ...clip.notes.map(({ id }) => [id, makeId('note')]),
  ]);
}

/** Values with the names of steps that were renamed: targets of jumps, and what earlier steps answered. */
function renameIn(values: NodeValues, ids: Record<string, string>): NodeValues {
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      name === 'target' && typeof value === 'string' ? (ids[value] ?? value) : renameValue(value, ids),
    ]),
  );
}

const stepName = /\bsteps\.([A-Za-z][\w-]*)/g;

function renameValue(value: unknown, ids: Record<string, string>): unknown {
  if (typeof value === 'string')
    return value.replaceAll(stepName, (whole, id: string) => (ids[id] ? `steps.${ids[id]}` : whole));
  if (Array.isArray(value)) return value.map((each) => renameValue(each, ids));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, renameValue(each, ids)]));
}
