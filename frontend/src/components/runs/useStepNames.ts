import { useMemo } from 'react';
import { z } from 'zod';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { makeCatalogue, type Integrations } from '../flow-builder/catalogue.ts';
import { makeNames, optionKindsIn } from '../flow-builder/flowNames.ts';
import { sentenceOf } from '../flow-builder/nodeView.ts';
import { useOptionNames } from '../flow-builder/useOptionNames.ts';

/** What the steps of a flow do in words, and what their fields are called. */
export interface StepNames {
  sentences: ReadonlyMap<string, string | null>;
  isAction(nodeId: string): boolean;
  inputTitle(nodeId: string, path: string): string | undefined;
  outputTitle(nodeId: string, path: string): string | undefined;
}

const titledFields = z.object({
  properties: z.record(z.string(), z.object({ title: z.string().optional().catch(undefined) })),
});

export function useStepNames(graph: DraftGraph, integrations: Integrations): StepNames {
  const options = useOptionNames(optionKindsIn(graph));
  return useMemo(() => {
    const catalogue = makeCatalogue(integrations);
    const names = makeNames(graph, catalogue, options);
    const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
    const actionOf = (nodeId: string) => catalogue.findAction(nodes.get(nodeId)?.data['actionId'])?.action;
    return {
      sentences: new Map(
        graph.nodes.map((node) => {
          // An action's own sentence is its title.
          const action = node.title ? undefined : actionOf(node.id);
          return [node.id, action?.description ?? sentenceOf(node, names)];
        }),
      ),
      isAction: (nodeId) => nodes.get(nodeId)?.type === 'action',
      inputTitle: (nodeId, path) => {
        const fields = titledFields.safeParse(actionOf(nodeId)?.inputSchema);
        return fields.data?.properties[path]?.title;
      },
      outputTitle: (nodeId, path) => {
        const title = actionOf(nodeId)?.outputs.find(({ name }) => name === path)?.title;
        // Below its own heading a value goes by the last part of its name.
        return title?.split(': ').at(-1);
      },
    };
  }, [graph, integrations, options]);
}
