import { useEffect, useEffectEvent, type RefObject } from 'react';
import { useReactFlow } from 'reactflow';
import type { BuilderGraph } from './builderGraph.ts';

const margin = 40;

/** Moves the canvas to the selected step when that is out of sight: a new one, or one chosen in a list. */
export function useKeepInSight(graph: BuilderGraph, container: RefObject<HTMLElement | null>): void {
  const { getViewport, setCenter } = useReactFlow();
  const selectedId = graph.nodes.find(({ selected }) => selected)?.id;

  const show = useEffectEvent((nodeId: string) => {
    const node = graph.nodes.find(({ id }) => id === nodeId);
    const { clientWidth, clientHeight } = container.current ?? {};
    if (!node || clientWidth === undefined || clientHeight === undefined) return;
    const { x, y, zoom } = getViewport();
    const width = (node.measured?.width ?? 248) * zoom;
    const height = (node.measured?.height ?? 80) * zoom;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const isInSight =
      left >= margin &&
      top >= margin &&
      left + width <= clientWidth - margin &&
      top + height <= clientHeight - margin;
    if (isInSight) return;
    const center = { x: node.position.x + width / zoom / 2, y: node.position.y + height / zoom / 2 };
    void setCenter(center.x, center.y, { zoom, duration: 200 });
  });
  useEffect(() => {
    if (selectedId) show(selectedId);
  }, [selectedId]);
}
