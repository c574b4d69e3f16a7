import { z } from 'zod';
import { findFact, type Conditions } from '../schemas/conditions.ts';
import { nodeDefinitions, type DraftGraph } from '../schemas/flow.ts';
import {
  keyOfReference,
  referenceKinds,
  type LeftOutValue,
  type ReferenceId,
  type ReferenceKind,
} from '../schemas/flowFile.ts';
import { isTemplate } from '../email/liquidTemplate.ts';

type DraftNode = DraftGraph['nodes'][number];

/** Something that a graph names, and where. */
export interface NamedReference {
  kind: ReferenceKind;
  id: ReferenceId;
  /** null: the flow's own rules. */
  nodeId: string | null;
  /** Of the node, as problems name fields. */
  field: string;
}

/** What takes the place of something that a graph names; null: it is left out. Where there is place for one, the first. */
export type Replace = (named: NamedReference) => ReferenceId | readonly ReferenceId[] | null;

/** How the fields of actions are known: by their schemas alone. */
export type FindInput = (actionId: string) => { input: z.ZodObject } | undefined;

const fieldMeta = z.object({
  options: z.enum(referenceKinds).optional().catch(undefined),
  sensitive: z.enum(['secret', 'personal']).optional().catch(undefined),
});

/** The same graph with everything that it names of a workspace or tenant replaced. */
export function mapReferences(graph: DraftGraph, replace: Replace, findInput: FindInput): DraftGraph {
  const { settings } = graph;
  return {
    ...graph,
    nodes: graph.nodes.map((node) => ({ ...node, data: mapNode(node, replace, findInput) })),
    settings: {
      ...settings,
      exitWhen: mapConditions(settings.exitWhen, { nodeId: null, field: 'settings.exitWhen', replace }),
    },
  };
}

function mapNode(node: DraftNode, replace: Replace, findInput: FindInput): DraftNode['data'] {
  const { id: nodeId, data } = node;
  switch (node.type) {
    case 'trigger':
      return mapTrigger(node, replace);
    case 'condition':
      return withConditions(data, 'if', { nodeId, replace });
    case 'wait_event':
      return withConditions(data, 'until', { nodeId, replace });
    case 'action':
      return mapAction(node, replace, findInput);
    case 'send_email':
    case 'wait':
    case 'wait_time':
    case 'wait_until':
    case 'split':
    case 'go_to':
    case 'end':
      return data;
  }
}

function mapTrigger({ id: nodeId, data }: DraftNode, replace: Replace): DraftNode['data'] {
  const mapped = withConditions(data, 'where', { nodeId, replace });
  const ids = z.array(z.string()).safeParse(data['connectionIds']);
  if (!ids.success) return mapped;
  return {
    ...mapped,
    connectionIds: mapIds(ids.data, (id) =>
      replace({ kind: 'connections', id, nodeId, field: 'connectionIds' }),
    ),
  };
}

interface Place {
  nodeId: string | null;
  replace: Replace;
}

/** Of data that may be unfinished: what is no set of conditions is left as it is. */
function withConditions(data: DraftNode['data'], field: string, place: Place): DraftNode['data'] {
  const parsed = nodeDefinitions.wait_event.data.shape.until.safeParse(data[field]);
  return parsed.success ? { ...data, [field]: mapConditions(parsed.data, { ...place, field }) } : data;
}

function mapConditions(
  conditions: Conditions,
  { nodeId, field, replace }: Place & { field: string },
): Conditions {
  const groups = conditions.groups.map((group) => ({
    ...group,
    rules: group.rules.map((rule) => {
      const kind = findFact(rule.field)?.options;
      if (!kind) return rule;
      const mapId = (id: ReferenceId) => replace({ kind, id, nodeId, field });
      const { value, values } = rule;
      return {
        ...rule,
        ...(value === undefined ? {} : { value: one(mapId(value)) ?? '' }),
        ...(values === undefined ? {} : { values: mapIds(values, mapId) }),
      };
    }),
  }));
  return { ...conditions, groups };
}

function mapIds<Id extends ReferenceId>(ids: readonly Id[], mapId: (id: Id) => ReturnType<Replace>) {
  return ids.flatMap((id): readonly ReferenceId[] => many(mapId(id)));
}

function many(replaced: ReturnType<Replace>): readonly ReferenceId[] {
  if (replaced === null) return [];
  return typeof replaced === 'object' ? replaced : [replaced];
}

function one(replaced: ReturnType<Replace>): ReferenceId | null {
  return many(replaced)[0] ?? null;
}

function mapAction(
  { id: nodeId, data }: DraftNode,
  replace: Replace,
  findInput: FindInput,
): DraftNode['data'] {
  const parsed = nodeDefinitions.action.data.safeParse(data);
  if (!parsed.success || parsed.data.actionId === '') return data;
  const { actionId, input } = parsed.data;
  const shape = findInput(actionId)?.input.shape ?? {};
  const mapped = Object.entries(input).map(([name, value]): [string, unknown] => {
    const kind = metaOf(shape[name]).options;
    const field = `input.${name}`;
    return [name, kind ? mapValue(value, (id) => replace({ kind, id, nodeId, field })) : value];
  });
  return {
    ...data,
    actionId: String(one(replace({ kind: 'actions', id: actionId, nodeId, field: 'actionId' })) ?? actionId),
    input: Object.fromEntries(mapped),
  };
}

function mapValue(value: unknown, mapId: (id: ReferenceId) => ReturnType<Replace>): unknown {
  if (Array.isArray(value))
    return value.flatMap((id: unknown): readonly unknown[] => (isReference(id) ? many(mapId(id)) : [id]));
  return isReference(value) ? one(mapId(value)) : value;
}

function isReference(value: unknown): value is ReferenceId {
  return typeof value === 'number' || (typeof value === 'string' && value !== '' && !isTemplate(value));
}

/** The graph without the secrets in it, and where they were. */
export function withoutSecrets(
  graph: DraftGraph,
  findInput: FindInput,
): { graph: DraftGraph; leftOut: LeftOutValue[] } {
  const leftOut: LeftOutValue[] = [];
  const nodes = graph.nodes.map((node) => {
    const parsed = nodeDefinitions.action.data.safeParse(node.data);
    if (node.type !== 'action' || !parsed.success) return node;
    const shape = findInput(parsed.data.actionId)?.input.shape ?? {};
    const kept = Object.entries(parsed.data.input).filter(([name, value]) => {
      const isSecret =
        isSealed(value) || (metaOf(shape[name]).sensitive === 'secret' && value !== null && value !== '');
      if (isSecret) leftOut.push({ nodeId: node.id, field: `input.${name}` });
      return !isSecret;
    });
    return { ...node, data: { ...node.data, input: Object.fromEntries(kept) } };
  });
  return { graph: { ...graph, nodes }, leftOut };
}

/** As FlowSecrets stores a secret: one of an action that is gone is known by this alone. */
function isSealed(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('sealed.');
}

function metaOf(field: unknown): z.infer<typeof fieldMeta> {
  return fieldMeta.parse((field instanceof z.ZodType ? field.meta() : undefined) ?? {});
}

/** Everything of a workspace or tenant that a graph names, at each place. */
export function listUses(graph: DraftGraph, findInput: FindInput): NamedReference[] {
  const uses: NamedReference[] = [];
  mapReferences(
    graph,
    (named) => {
      uses.push(named);
      return named.id;
    },
    findInput,
  );
  return uses;
}

export interface FoundReference {
  kind: ReferenceKind;
  id: ReferenceId;
  /** The nodes that name it; the flow's settings have none. */
  usedBy: string[];
}

/** Everything of a workspace or tenant that a graph names, each once. */
export function listReferences(graph: DraftGraph, findInput: FindInput): FoundReference[] {
  const found = new Map<string, FoundReference>();
  for (const { kind, id, nodeId } of listUses(graph, findInput)) {
    const key = keyOfReference({ kind, id });
    const known = found.get(key) ?? { kind, id, usedBy: [] };
    found.set(key, known);
    if (nodeId !== null && !known.usedBy.includes(nodeId)) known.usedBy.push(nodeId);
  }
  return [...found.values()];
}
