import { useMemo } from 'react';
import { ReactFlowProvider } from 'reactflow';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { BuilderContext } from './BuilderContext.ts';
import { makeCatalogue, type Integrations } from './catalogue.ts';
import { FlowCanvas } from './FlowCanvas.tsx';
import { makeNames, optionKindsIn } from './flowNames.ts';
import { noOverlay, viewNodes, type Overlay } from './nodeView.ts';
import { useOptionNames } from './useOptionNames.ts';

interface FlowPictureProps {
  graph: DraftGraph;
  integrations: Integrations;
  overlay?: Overlay;
  dimEdges?: ReadonlySet<string>;
  selectedId?: string | null;
  onSelect?: (nodeId: string | null) => void;
}

const nobody: ReadonlySet<string> = new Set();

/** A flow that is only looked at: a run's path, a version, a gallery's flow. */
export function FlowPicture(props: FlowPictureProps) {
  const { graph, integrations, overlay = noOverlay, dimEdges, selectedId = null, onSelect } = props;
  const catalogue = useMemo(() => makeCatalogue(integrations), [integrations]);
  const options = useOptionNames(optionKindsIn(graph));
  const views = useMemo(
    () => viewNodes({ graph, catalogue, names: makeNames(graph, catalogue, options), overlay }),
    [graph, catalogue, options, overlay],
  );
  const selected = useMemo(() => (selectedId === null ? nobody : new Set([selectedId])), [selectedId]);
  const select = (changes: Record<string, boolean>) => {
    const chosen = Object.keys(changes).find((id) => changes[id] === true);
    if (chosen !== undefined) onSelect?.(chosen);
    else if (selectedId !== null && changes[selectedId] === false) onSelect?.(null);
  };
  return (
    // It may stand inside a builder, and is not edited there either.
    <BuilderContext value={null}>
      <ReactFlowProvider>
        <FlowCanvas
          graph={graph}
          views={views}
          selected={selected}
          onSelection={select}
          {...(dimEdges ? { dimEdges } : {})}
        />
      </ReactFlowProvider>
    </BuilderContext>
  );
}
