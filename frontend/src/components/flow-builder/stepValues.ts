import type { DraftGraph } from '#backend/schemas/flow.ts';
import { answersOf, type Catalogue } from './catalogue.ts';
import { leadingTo, outputsOf } from './editor/flowDocument.ts';
import { orderNodes } from './editor/orderSteps.ts';
import { titleOf } from './flowNames.ts';
import type { StepValue } from './forms/FormContext.ts';

/** What the steps that lead to a node will have come to: the ways that they went, and what they answered. */
export function stepValuesBefore(graph: DraftGraph, nodeId: string, catalogue: Catalogue): StepValue[] {
  const before = leadingTo(graph, nodeId);
  return orderNodes(graph).flatMap((node): StepValue[] => {
    if (node.id === nodeId || !before.has(node.id)) return [];
    const group = titleOf(node, catalogue);
    const outputs = outputsOf(node);
    const way: StepValue[] =
      outputs.length < 2
        ? []
        : [
            {
              name: `steps.${node.id}.outcome`,
              title: 'which way it went',
              group,
              choices: outputs.map(({ id, title }) => ({ value: id ?? '', name: title })),
              kind: 'text',
            },
          ];
    const action = catalogue.findAction(node.data['actionId'])?.action;
    const answers = action && node.type === 'action' ? answersOf(action) : [];
    return [
      ...way,
      ...answers.map(({ name, title, kind }): StepValue => ({
        name: `steps.${node.id}.${name}`,
        title,
        group,
        choices: [],
        kind,
      })),
    ];
  });
}
