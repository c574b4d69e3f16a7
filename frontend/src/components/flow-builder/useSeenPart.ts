import { useCallback, type RefObject } from 'react';
import { useReactFlow } from 'reactflow';
import type { SeenPart } from './editor/pasteOffset.ts';

/** Tells which part of the canvas is to be seen; null where the flow is not shown as one. */
export function useSeenPart(stage: RefObject<HTMLElement | null>, isCanvas: boolean): () => SeenPart | null {
  const { screenToFlowPosition } = useReactFlow();
  return useCallback(() => {
    const box = isCanvas ? stage.current?.getBoundingClientRect() : undefined;
    if (!box) return null;
    const { x: left, y: top } = screenToFlowPosition({ x: box.left, y: box.top });
    const { x: right, y: bottom } = screenToFlowPosition({ x: box.right, y: box.bottom });
    return { left, top, right, bottom };
  }, [screenToFlowPosition, stage, isCanvas]);
}
