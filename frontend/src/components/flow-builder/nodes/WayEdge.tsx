import { memo } from 'react';
import { BaseEdge, EdgeLabelRenderer, getSmoothStepPath, type EdgeProps } from 'reactflow';
import { AddStepButton } from '../AddStepButton.tsx';
import { useCanvasHands } from '../BuilderContext.ts';
import type { CanvasEdge } from '../canvasNodes.ts';
import { useIsNear } from '../useIsNear.ts';
import styles from './nodes.module.css';

/** A connection, with a + that puts a step into it. */
export const WayEdge = memo(function WayEdge(props: EdgeProps<CanvasEdge>) {
  const {
    id,
    source,
    sourceHandleId,
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    data,
  } = props;
  const hands = useCanvasHands();
  const isNear = useIsNear();
  const [path, labelX, labelY] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 8,
  });
  const isTight = Math.abs(targetY - sourceY) < 36;
  return (
    <>
      <BaseEdge id={id} path={path} style={data?.isDim ? { opacity: 0.25 } : {}} />
      {hands && isNear && !isTight ? (
        <EdgeLabelRenderer>
          <div
            className={`${styles.insert} nodrag nopan`}
            data-edge={id}
            style={{ transform: `translate(-50%, -50%) translate(${labelX}px, ${labelY}px)` }}
          >
            <AddStepButton
              label={data?.title ? `Insert a step after ${data.title}` : 'Insert a step here'}
              onAdd={(item) => hands.addAfter({ nodeId: source, output: sourceHandleId ?? null }, item)}
            />
          </div>
        </EdgeLabelRenderer>
      ) : null}
    </>
  );
});
