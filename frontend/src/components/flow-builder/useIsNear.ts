import { useStore } from 'reactflow';

const smallestZoom = 0.35;

/** Whether steps are seen large enough to be worked with: from afar, buttons are specks that only cost time to draw. */
export function useIsNear(): boolean {
  return useStore(({ transform }) => transform[2] >= smallestZoom);
}
