import { useMemo } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { DraftGraph, FlowProblem } from '#backend/schemas/flow.ts';
import type { TryReply } from '#backend/schemas/flowApi.ts';
import { makeCatalogue, type Integrations } from './catalogue.ts';
import { makeNames, optionKindsIn } from './flowNames.ts';
import { noOverlay, viewNodes, type Overlay } from './nodeView.ts';
import { tryOverlay } from './try/tryOverlay.ts';
import { useOptionNames } from './useOptionNames.ts';

interface ViewsQuestion {
  flow: FlowReply;
  graph: DraftGraph;
  integrations: Integrations;
  saved: readonly FlowProblem[];
  /** A passage that is tried out right now. */
  tried: { reply: TryReply; count: number } | null;
}

/** Every step as it is drawn, with all that is known of it beside the graph. */
export function useFlowViews({ flow, graph, integrations, saved, tried }: ViewsQuestion) {
  const catalogue = useMemo(() => makeCatalogue(integrations), [integrations]);
  const options = useOptionNames(optionKindsIn(graph));
  const names = useMemo(() => makeNames(graph, catalogue, options), [graph, catalogue, options]);
  const nodeIds = useMemo(() => new Set(graph.nodes.map(({ id }) => id)), [graph.nodes]);
  const problems = useMemo(
    () => saved.filter(({ nodeId }) => nodeId === null || nodeIds.has(nodeId)),
    [saved, nodeIds],
  );
  const seen = useMemo(() => (tried ? tryOverlay(graph, tried) : null), [tried, graph]);
  const overlay = useMemo(
    (): Overlay => seen?.overlay ?? { ...noOverlay, problems, waiting: flow.waiting, passed: flow.passed },
    [seen, problems, flow],
  );
  const views = useMemo(
    () => viewNodes({ graph, catalogue, names, overlay }),
    [graph, catalogue, names, overlay],
  );
  return { catalogue, names, problems, views, dimEdges: seen?.dimEdges } as const;
}
