import { z } from 'zod';
import { conditionRule, findFact, type OptionKind } from '#backend/schemas/conditions.ts';
import { nodeDefinitions, type DraftGraph } from '#backend/schemas/flow.ts';
import type { NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import type { Catalogue } from './catalogue.ts';
import type { DraftNode } from './editor/flowDocument.ts';

/** Names of the tenants' and the workspace's things, by kind and id. */
export type OptionNames = Partial<Record<OptionKind, Record<string, string>>>;

/** What a step is called: as people named it, else as its action or kind is. */
export function titleOf({ title, type, data }: DraftNode, catalogue: Catalogue): string {
  if (title) return title;
  if (type !== 'action') return nodeDefinitions[type].title;
  return catalogue.findAction(data['actionId'])?.action.title ?? 'An action that is gone';
}

/** What sentences call things by. */
export function makeNames(graph: DraftGraph, catalogue: Catalogue, options: OptionNames): NodeNames {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  return {
    action: (actionId) => catalogue.findAction(actionId)?.action.title,
    option: (kind, id) => {
      const names = options[kind];
      return names ? (names[String(id)] ?? 'something that is gone') : '…';
    },
    node: (nodeId) => {
      const node = nodes.get(nodeId);
      return node && titleOf(node, catalogue);
    },
  };
}

/** Which lists of names the sentences of a flow need. */
export function optionKindsIn({ nodes, settings }: DraftGraph): OptionKind[] {
  const kinds = new Set<OptionKind>();
  const look = (value: unknown): void => {
    if (Array.isArray(value)) for (const each of value) look(each);
    else if (typeof value === 'object' && value !== null) {
      const rule = conditionRule.pick({ operator: true }).extend({ field: z.string() }).safeParse(value);
      const kind = rule.success ? findFact(rule.data.field)?.options : undefined;
      if (kind) kinds.add(kind);
      for (const [name, each] of Object.entries(value)) {
        if (name === 'connectionIds' && Array.isArray(each) && each.length > 0) kinds.add('connections');
        look(each);
      }
    }
  };
  for (const { data } of nodes) look(data);
  look(settings.exitWhen);
  return [...kinds].toSorted();
}
