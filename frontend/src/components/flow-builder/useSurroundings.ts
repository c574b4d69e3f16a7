import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { queries } from '../../queries.ts';
import type { Catalogue } from './catalogue.ts';
import { orderNodes } from './editor/orderSteps.ts';
import { titleOf } from './flowNames.ts';
import type { FormSurroundings } from './forms/FormContext.ts';
import { stepValuesBefore } from './stepValues.ts';

interface SurroundingsQuestion {
  graph: DraftGraph;
  /** The step whose form it is; null: the flow's own rules, which know every step. */
  nodeId: string | null;
  catalogue: Catalogue;
  journeyId: string | null;
  chooseCustomer: (journeyId: string | null) => void;
}

/** What a form of the flow may refer to: other steps, what they come to, and values of a real customer. */
export function useSurroundings(question: SurroundingsQuestion): FormSurroundings {
  const { graph, nodeId, catalogue, journeyId, chooseCustomer } = question;
  const names = useQuery(queries.variables(null));
  const values = useQuery({ ...queries.variables(journeyId), enabled: journeyId !== null });
  // Names there are whoever is chosen, also while the values are on their way, or the customer is gone.
  const data = (journeyId === null ? undefined : values.data) ?? names.data;
  return useMemo(
    () => ({
      steps: orderNodes(graph)
        .map((node, index) => ({ node, title: `${index + 1}. ${titleOf(node, catalogue)}` }))
        .filter(({ node }) => node.type !== 'trigger' && node.id !== nodeId)
        .map(({ node, title }) => ({ id: node.id, title })),
      stepValues: nodeId === null ? [] : stepValuesBefore(graph, nodeId, catalogue),
      variables: data?.variables ?? [],
      customerName: data?.customerName ?? null,
      chooseCustomer,
    }),
    [graph, nodeId, catalogue, data, chooseCustomer],
  );
}
