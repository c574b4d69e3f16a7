import { nodeDefinitions, type DraftGraph } from './flow.ts';
import { flowSettings } from './flowSettings.ts';

type DraftNode = DraftGraph['nodes'][number];
type DraftEdge = DraftGraph['edges'][number];

interface FieldChange {
  /** A dotted path: data.subject, title, disabled. */
  field: string;
  title: string;
  before: unknown;
  after: unknown;
}

interface NodeChange {
  nodeId: string;
  type: DraftNode['type'];
  fields: FieldChange[];
}

/** What makes one graph another. Where a node stands on the canvas, and notes, are counted apart: they change nothing. */
export interface GraphDiff {
  added: { nodeId: string; type: DraftNode['type'] }[];
  removed: { nodeId: string; type: DraftNode['type'] }[];
  changed: NodeChange[];
  /** Connections, by where they lead from and to. */
  edgesAdded: EdgeEnds[];
  edgesRemoved: EdgeEnds[];
  settings: FieldChange[];
  /** How many nodes stand elsewhere. */
  moved: number;
  notes: { added: number; removed: number; changed: number };
  /** Nothing that runs is different. */
  isSame: boolean;
}

interface EdgeEnds {
  source: string;
  sourceHandle: string | null;
  target: string;
}

/** What is different in `after`. Pure; the order is that of the graphs. */
export function diffGraphs(before: DraftGraph, after: DraftGraph): GraphDiff {
  const old = new Map(before.nodes.map((node) => [node.id, node]));
  const now = new Map(after.nodes.map((node) => [node.id, node]));
  // A node of another kind under the same id is another node.
  const isKept = (node: DraftNode) => old.get(node.id)?.type === node.type;
  const added = after.nodes.filter((node) => !isKept(node)).map(nameNode);
  const removed = before.nodes.filter((node) => now.get(node.id)?.type !== node.type).map(nameNode);
  const kept = after.nodes.flatMap((node) => {
    const was = old.get(node.id);
    return was && isKept(node) ? [{ was, node }] : [];
  });
  const changed = kept.flatMap(({ was, node }): NodeChange[] => {
    const fields = nodeFields(was, node);
    return fields.length === 0 ? [] : [{ nodeId: node.id, type: node.type, fields }];
  });
  const edgesAdded = edgesWithout(after.edges, before.edges);
  const edgesRemoved = edgesWithout(before.edges, after.edges);
  const settings = fieldChanges(before.settings, after.settings, (name) => settingTitle(name));
  const moved = kept.filter(({ was, node }) => !isEqual(was.position, node.position)).length;
  const parts = [added, removed, changed, edgesAdded, edgesRemoved, settings];
  return {
    added,
    removed,
    changed,
    edgesAdded,
    edgesRemoved,
    settings,
    moved,
    notes: diffNotes(before.notes, after.notes),
    isSame: parts.every((part) => part.length === 0),
  };
}

function nameNode({ id, type }: DraftNode): { nodeId: string; type: DraftNode['type'] } {
  return { nodeId: id, type };
}

function nodeFields(was: DraftNode, node: DraftNode): FieldChange[] {
  const common = { title: 'Name', disabled: 'Switched off' };
  const head = (['title', 'disabled'] as const).flatMap((field): FieldChange[] =>
    (was[field] ?? null) === (node[field] ?? null)
      ? []
      : [{ field, title: common[field], before: was[field] ?? null, after: node[field] ?? null }],
  );
  const data = fieldChanges(was.data, node.data, (name) => dataTitle(node.type, name)).flatMap((change) =>
    change.field === 'input' ? inputChanges(was.data['input'], node.data['input']) : [change],
  );
  return [...head, ...data.map((change) => ({ ...change, field: `data.${change.field}` }))];
}

/** An action's fields one by one. */
function inputChanges(before: unknown, after: unknown): FieldChange[] {
  const fields = fieldChanges(membersOf(before), membersOf(after), (name) => name);
  return fields.map((change) => ({ ...change, field: `input.${change.field}` }));
}

function fieldChanges(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  titleOf: (name: string) => string,
): FieldChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name): FieldChange[] => {
    const [one, other] = [before[name], after[name]];
    return isEqual(one, other)
      ? []
      : [{ field: name, title: titleOf(name), before: one ?? null, after: other ?? null }];
  });
}

function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function edgesWithout(edges: readonly DraftEdge[], others: readonly DraftEdge[]): EdgeEnds[] {
  const known = new Set(others.map((edge) => endsKey(edge)));
  return edges
    .filter((edge) => !known.has(endsKey(edge)))
    .map(({ source, sourceHandle, target }) => ({ source, sourceHandle: sourceHandle ?? null, target }));
}

function endsKey({ source, sourceHandle, target }: DraftEdge): string {
  return `${source} ${sourceHandle ?? ''} ${target}`;
}

function diffNotes(before: DraftGraph['notes'], after: DraftGraph['notes']): GraphDiff['notes'] {
  const old = new Map(before.map((note) => [note.id, note]));
  const now = new Set(after.map(({ id }) => id));
  return {
    added: after.filter(({ id }) => !old.has(id)).length,
    removed: before.filter(({ id }) => !now.has(id)).length,
    changed: after.filter((note) => old.has(note.id) && !isEqual(old.get(note.id), note)).length,
  };
}

const dataTitles = new Map(
  Object.entries(nodeDefinitions).map(([type, { data }]) => {
    const shape: Record<string, unknown> = 'shape' in data ? { ...data.shape } : {};
    return [type, shape];
  }),
);

function dataTitle(type: DraftNode['type'], name: string): string {
  return titleIn(dataTitles.get(type)?.[name]) ?? triggerTitles.get(name) ?? name;
}

const triggerTitles = new Map(
  nodeDefinitions.trigger.data.options.flatMap((option) =>
    Object.entries(option.shape).flatMap(([name, field]): [string, string][] => {
      const title = titleIn(field);
      return title === null ? [] : [[name, title]];
    }),
  ),
);

function settingTitle(name: string): string {
  const shape: Record<string, unknown> = flowSettings.shape;
  return titleIn(shape[name]) ?? name;
}

function titleIn(field: unknown): string | null {
  if (typeof field !== 'object' || field === null || !('meta' in field)) return null;
  const { meta } = field;
  const found: unknown = typeof meta === 'function' ? meta.call(field) : null;
  return typeof found === 'object' && found !== null && 'title' in found && typeof found.title === 'string'
    ? found.title
    : null;
}

/** Whether two values read from JSON say the same; a member that is undefined is not there. */
function isEqual(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [left, right] = [Object.entries(one), Object.entries(other)].map(
    (entries) => new Map(entries.filter(([, value]) => value !== undefined)),
  );
  if (!left || !right || left.size !== right.size) return false;
  return [...left].every(([name, value]) => right.has(name) && isEqual(value, right.get(name)));
}
