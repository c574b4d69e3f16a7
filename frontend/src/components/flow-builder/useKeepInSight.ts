import { useEffect, useEffectEvent, type RefObject } from 'react';
import { useReactFlow } from 'reactflow';
import type { DraftGraph } from '#backend/schemas/flow.ts';

const margin = 40;

/** Moves the canvas to the selected step when that is out of sight: a new one, or one chosen in a list. */
export function useKeepInSight(
  graph: DraftGraph,
  selected: ReadonlySet<string>,
  container: RefObject<HTMLElement | null>,
): void {
  const { getViewport, setCenter, getNode } = useReactFlow();
  const [only] = selected;
  const selectedId = selected.size === 1 ? only : undefined;

  const show = useEffectEvent((nodeId: string) => {
    const node = graph.nodes.find(({ id }) => id === nodeId);
    const { clientWidth, clientHeight } = container.current ?? {};
    if (!node || clientWidth === undefined || clientHeight === undefined) return;
    // What is in the hand is not taken away from under it.
    if (container.current?.matches(':active')) return;
    const { measured } = getNode(nodeId) ?? {};
    const { x, y, zoom } = getViewport();
    const width = (measured?.width ?? 248) * zoom;
    const height = (measured?.height ?? 80) * zoom;
    const left = node.position.x * zoom + x;
    const top = node.position.y * zoom + y;
    const isInSight =
      left >= margin &&
      top >= margin &&
      left + width <= clientWidth - margin &&
      top + height <= clientHeight - margin;
    if (isInSight) return;
    const center = { x: node.position.x + width / zoom / 2, y: node.position.y + height / zoom / 2 };
    const isStill = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
    void setCenter(center.x, center.y, { zoom: Math.max(zoom, 0.6), duration: isStill ? 0 : 200 });
  });
  useEffect(() => {
    if (selectedId) show(selectedId);
  }, [selectedId]);
}
