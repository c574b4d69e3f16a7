import { nodeDefinitions, type DraftGraph } from '../schemas/flow.ts';
import type { NodeNames } from '../schemas/nodes/defineNode.ts';

/** What a node is called: by its own name, else by what it does, else by its kind. */
export function titleOfNode({ title, type, data }: DraftGraph['nodes'][number], names: NodeNames): string {
  if (title !== undefined && title !== '') return title;
  return nodeDefinitions[type].describe(data, names) ?? nodeDefinitions[type].title;
}
