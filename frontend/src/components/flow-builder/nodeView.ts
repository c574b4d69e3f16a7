import { nodeDefinitions, type DraftGraph, type FlowProblem, type NodeType } from '#backend/schemas/flow.ts';
import type { NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import type { Status } from '../common/StatusBadge.tsx';
import type { Catalogue, Integration } from './catalogue.ts';
import { isFree, outputsOf, type DraftNode } from './editor/flowDocument.ts';
import { titleOf } from './flowNames.ts';
import { templateWords } from './templateWords.ts';

/** How a node stands out: what a version changed about it, or where a try did not come. */
export type NodeMark = 'added' | 'removed' | 'changed' | 'passed' | 'notTaken' | 'later';

/** All that is drawn of a node, in plain values: what is the same is not drawn again. */
export interface NodeView {
  nodeId: string;
  type: NodeType;
  title: string;
  /** What it will do; null: it is not set up yet. */
  sentence: string | null;
  /** The integration that an action is of. */
  brand: string | null;
  connection: { words: string; isOk: boolean } | null;
  disabled: boolean;
  outputs: { id: string | null; title: string; isFree: boolean }[];
  errors: number;
  advice: number;
  waiting: number;
  passed: number | null;
  step: Status | null;
  mark: NodeMark | null;
}

/** What is known of a flow's nodes beside the graph. */
export interface Overlay {
  problems: readonly FlowProblem[];
  waiting: Readonly<Record<string, number>>;
  passed: Readonly<Record<string, number>>;
  steps: ReadonlyMap<string, Status>;
  marks: ReadonlyMap<string, NodeMark>;
}

export const noOverlay: Overlay = {
  problems: [],
  waiting: {},
  passed: {},
  steps: new Map(),
  marks: new Map(),
};

interface ViewQuestion {
  graph: DraftGraph;
  catalogue: Catalogue;
  names: NodeNames;
  overlay: Overlay;
}

/** Every node as it is drawn, in the graph's order. */
export function viewNodes({ graph, catalogue, names, overlay }: ViewQuestion): NodeView[] {
  const problems = Map.groupBy(overlay.problems, ({ nodeId }) => nodeId);
  const tenants = chosenTenants(graph);
  return graph.nodes.map((node): NodeView => {
    const { id, type, data } = node;
    const found = type === 'action' ? catalogue.findAction(data['actionId']) : undefined;
    const integration = found?.integration;
    const own = problems.get(id) ?? [];
    return {
      nodeId: id,
      type,
      title: titleOf(node, catalogue),
      // An action's own sentence is its title, which stands above it already.
      sentence: found && !node.title ? found.action.description : sentenceOf(node, names),
      brand: integration?.id ?? null,
      connection: integration ? connectionOf(integration, tenants) : null,
      disabled: node.disabled ?? false,
      outputs: outputsOf(node).map((output) => ({
        ...output,
        isFree: isFree(graph, { nodeId: id, output: output.id }),
      })),
      errors: own.filter(({ severity }) => severity !== 'advice').length,
      advice: own.filter(({ severity }) => severity === 'advice').length,
      waiting: overlay.waiting[id] ?? 0,
      passed: overlay.passed[id] ?? null,
      step: overlay.steps.get(id) ?? null,
      mark: overlay.marks.get(id) ?? null,
    };
  });
}

/** What a node will do, in one sentence; null: it is not set up yet. */
export function sentenceOf(
  { type, data }: Pick<DraftNode, 'type' | 'data'>,
  names: NodeNames,
): string | null {
  const sentence = nodeDefinitions[type].describe(data, names);
  return sentence === null ? null : templateWords(sentence);
}

function chosenTenants({ nodes }: DraftGraph): ReadonlySet<string> {
  const { data } = nodes.find(({ type }) => type === 'trigger') ?? { data: {} };
  const ids: unknown = Reflect.get(data, 'connectionIds');
  return new Set(Array.isArray(ids) ? ids.map(String) : []);
}

/** The tenants that the flow is for, and whether they can be reached; null for what needs no connection. */
function connectionOf(integration: Integration, tenants: ReadonlySet<string>): NodeView['connection'] {
  const { id, name, connections } = integration;
  if (id !== 'servicetitan' && connections.length === 0) return null;
  const meant = connections.filter((connection) => tenants.size === 0 || tenants.has(connection.id));
  const broken = meant.filter(({ status }) => status !== 'connected');
  if (meant.length === 0) return { words: `${name} · not connected`, isOk: false };
  if (broken.length === 0) {
    const shown = meant.slice(0, 2).map((each) => each.name);
    const more = meant.length > shown.length ? ` + ${meant.length - shown.length}` : '';
    return { words: `${name} · ${shown.join(', ')}${more}`, isOk: true };
  }
  const words = broken.map(
    (each) => `${each.name} ${each.status === 'paused' ? 'is paused' : 'needs attention'}`,
  );
  return { words: `${name} · ${words.join(', ')}`, isOk: false };
}
