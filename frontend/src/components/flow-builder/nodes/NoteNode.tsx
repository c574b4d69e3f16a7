import { memo } from 'react';
import { NodeResizer, type NodeProps } from 'reactflow';
import { useCanvasHands } from '../BuilderContext.ts';
import type { NoteNodeType } from '../canvasNodes.ts';
import styles from './nodes.module.css';

/** Words on the canvas, for people. */
export const NoteNode = memo(function NoteNode({ data, selected }: NodeProps<NoteNodeType>) {
  const hands = useCanvasHands();
  const { id, text } = data.note;
  return (
    <div className={styles.note} data-selected={selected}>
      {hands ? (
        <>
          <NodeResizer
            isVisible={selected}
            minWidth={120}
            minHeight={60}
            onResizeEnd={(_, { x, y, width, height }) =>
              hands.changeNote(id, {
                position: { x, y },
                width: Math.round(width),
                height: Math.round(height),
              })
            }
          />
          <textarea
            className="nodrag nowheel"
            aria-label="Note"
            placeholder="Write a note"
            value={text}
            maxLength={2000}
            onChange={(event) => hands.changeNote(id, { text: event.currentTarget.value })}
            onBlur={hands.finishTyping}
          />
        </>
      ) : (
        <p>{text}</p>
      )}
    </div>
  );
});
