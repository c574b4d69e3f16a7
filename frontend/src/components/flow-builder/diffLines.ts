import { conditions } from '#backend/schemas/conditions.ts';
import type { GraphDiff } from '#backend/schemas/diffGraphs.ts';
import { nodeDefinitions, type DraftGraph } from '#backend/schemas/flow.ts';
import { conditionWords } from '#backend/schemas/nodes/conditionWords.ts';
import type { NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import type { Catalogue } from './catalogue.ts';
import { titleOf } from './flowNames.ts';
import { readSchemaFields } from './schemaFields.ts';
import { templateWords } from './templateWords.ts';

interface DiffEntry {
  /** The step, or the flow's rules. */
  title: string;
  lines: string[];
}

interface DiffNames {
  /** With the steps of both. */
  graph: DraftGraph;
  catalogue: Catalogue;
  names: NodeNames;
}

type Change = GraphDiff['settings'][number];

/** What is different, field by field: from what to what. */
export function diffLines(diff: GraphDiff, { graph, catalogue, names }: DiffNames): DiffEntry[] {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const nameOf = (nodeId: string) => {
    const node = nodes.get(nodeId);
    if (!node) return 'A step that is gone';
    // Many are called "Wait": what they do tells them apart.
    const sentence = node.title ? null : nodeDefinitions[node.type].describe(node.data, names);
    return templateWords(sentence ?? titleOf(node, catalogue));
  };
  const isKept = (id: string) => ![...diff.added, ...diff.removed].some(({ nodeId }) => nodeId === id);
  const isOfKept = ({ source, target }: { source: string; target: string }) =>
    isKept(source) && isKept(target);
  const inputTitles = (nodeId: string) => {
    const found = catalogue.findAction(nodes.get(nodeId)?.data['actionId']);
    const fields = found ? readSchemaFields(found.action.inputSchema) : [];
    return new Map(fields.map(({ name, title }) => [`data.input.${name}`, title]));
  };
  const way = ({ source, target }: { source: string; target: string }) =>
    `From ${nameOf(source)} to ${nameOf(target)}`;
  const ways = [
    ...diff.edgesAdded.filter(isOfKept).map((edge) => `${way(edge)}: new`),
    ...diff.edgesRemoved.filter(isOfKept).map((edge) => `${way(edge)}: gone`),
  ];
  const entries = [
    ...diff.added.map(({ nodeId }) => ({ title: nameOf(nodeId), lines: ['new'] })),
    ...diff.removed.map(({ nodeId }) => ({ title: nameOf(nodeId), lines: ['gone'] })),
    ...diff.changed.map(({ nodeId, fields }) => {
      const titles = inputTitles(nodeId);
      const lines = fields.map((field) =>
        changeWords({ ...field, title: titles.get(field.field) ?? field.title }, names),
      );
      return { title: nameOf(nodeId), lines };
    }),
    { title: 'Rules of the flow', lines: diff.settings.map((change) => changeWords(change, names)) },
    { title: 'Ways', lines: ways },
  ];
  return entries.filter(({ lines }) => lines.length > 0);
}

function changeWords({ field, title, before, after }: Change, names: NodeNames): string {
  const [one, other] = [before, after].map((value) => valueWords(field, value, names));
  if (one === undefined || other === undefined || one === other) return `${title}: different`;
  const [was, is] = shortened(one, other);
  return `${title}: ${was} → ${is}`;
}

/** Undefined: it cannot be said in a few words. */
function valueWords(field: string, value: unknown, names: NodeNames): string | undefined {
  if (value === null || value === undefined || value === '') return 'nothing';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  // A secret, as it is stored: nobody can read anything in it.
  if (typeof value === 'string' && value.startsWith('sealed.')) return undefined;
  // What is chosen is stored as a word.
  if (typeof value === 'string')
    return /^[a-z]+(_[a-z]+)*$/.test(value) ? value.replaceAll('_', ' ') : `“${templateWords(value)}”`;
  if (Array.isArray(value)) {
    if (value.length === 0) return 'nothing';
    const parts = value.map((each: unknown) =>
      field.endsWith('connectionIds') && typeof each === 'string'
        ? names.option('connections', each)
        : valueWords(field, each, names),
    );
    return parts.every((part) => part !== undefined) ? parts.join(', ') : undefined;
  }
  const rules = conditions.safeParse(value);
  return rules.success ? conditionWords(rules.data, names) || 'nothing' : undefined;
}

const around = 20;
const longest = 90;

/** Of long texts the part that differs, with a little of what is around it. */
function shortened(one: string, other: string): [string, string] {
  if (one.length <= longest && other.length <= longest) return [one, other];
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  const room = Math.min(one.length, other.length) - start;
  while (end < room && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  const from = Math.max(0, start - around);
  const part = (text: string) => {
    const to = Math.min(text.length, text.length - end + around, from + 2 * longest);
    return `${from > 0 ? '…' : ''}${text.slice(from, to)}${to < text.length ? '…' : ''}`;
  };
  return [part(one), part(other)];
}
