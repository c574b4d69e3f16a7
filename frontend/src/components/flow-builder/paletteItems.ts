import type { NodeType } from '#backend/schemas/flow.ts';
import { nodeDefinitions } from '#backend/schemas/nodes/nodeDefinitions.ts';
import type { Integrations } from './catalogue.ts';
import type { NodeValues } from './editor/flowDocument.ts';
import { searchByWords } from './searchByWords.ts';

/** Something that can be added to a flow. */
export interface PaletteItem {
  key: string;
  group: string;
  title: string;
  description: string;
  /** Words that it is also found by. */
  keywords: readonly string[];
  type: NodeType;
  brand: string | null;
  values: NodeValues;
}

const groups: readonly string[] = ['Messages', 'Timing', 'Logic'];

function isNodeType(type: string): type is NodeType {
  return Object.hasOwn(nodeDefinitions, type);
}

function itemOf(type: NodeType): PaletteItem {
  const { title, description, group, keywords, initial } = nodeDefinitions[type];
  return { key: type, group, title, description, keywords, type, brand: null, values: { ...initial } };
}

/** Everything that can be added: the built-in steps by their groups, then each integration's actions. */
export function listPaletteItems(integrations: Integrations, hasTrigger = true): PaletteItem[] {
  const types = Object.keys(nodeDefinitions).filter(isNodeType);
  const steps = groups.flatMap((group) =>
    types.filter((type) => nodeDefinitions[type].group === group).map(itemOf),
  );
  // A flow has exactly one trigger: it is offered where it is missing.
  const trigger = hasTrigger ? [] : [itemOf('trigger')];
  const actions = integrations.flatMap(({ id: brand, name, actions: offered }) =>
    offered.map(({ id, title, description }): PaletteItem => ({
      key: id,
      group: name,
      title,
      description,
      keywords: ['action', name],
      type: 'action',
      brand,
      values: { actionId: id, input: {} },
    })),
  );
  return [...trigger, ...steps, ...actions];
}

/** The items that fit the words, by title, description and what else they are called. */
export function searchPalette(items: readonly PaletteItem[], search: string): PaletteItem[] {
  return searchByWords(items, search, ({ title, description, group, keywords }) =>
    [title, description, group, ...keywords].join(' '),
  );
}
