import type { FlowReply } from '#backend/schemas/api.ts';
import { CompareView } from './CompareView.tsx';
import { outputOf } from './editor/flowDocument.ts';
import styles from './FlowBuilder.module.css';
import { FlowCanvas, type CanvasEdits } from './FlowCanvas.tsx';
import { ListView } from './list/ListView.tsx';
import type { BuilderState } from './useBuilder.ts';

interface BuilderStageProps {
  builder: BuilderState;
  flow: FlowReply;
  canEdit: boolean;
  onReload: () => void;
}

/** The flow itself: as a canvas, as a list, or beside an earlier state of it. */
export function BuilderStage({ builder, flow, canEdit, onReload }: BuilderStageProps) {
  const { editor, graph, view, views, earlier, hands, acts, stage } = builder;
  const { state, dispatch, saving } = editor;
  const edits: CanvasEdits = {
    connect: builder.connectWay,
    move: (places) => {
      dispatch({ type: 'moved', places });
      dispatch({ type: 'paused' });
    },
    drop: (key, at, edgeId) => {
      const item = hands.paletteItems.find((each) => each.key === key);
      const edge = graph.edges.find(({ id }) => id === edgeId);
      const place = edge ? { after: { nodeId: edge.source, output: outputOf(edge) } } : { at };
      if (item) builder.add(item, place);
    },
  };
  if (earlier) {
    return (
      <div className={styles.canvas}>
        <CompareView
          flowId={flow.flow.id}
          earlier={earlier}
          draft={graph}
          integrations={builder.catalogue.integrations}
          canEdit={canEdit}
          flush={saving.flush}
          onRestored={onReload}
          onClose={() => builder.setEarlier(null)}
        />
      </div>
    );
  }
  return (
    <div className={styles.canvas} ref={stage}>
      {view === 'list' ? (
        <ListView
          graph={graph}
          views={views}
          selected={state.selected}
          onSelect={builder.select}
          onOpen={builder.open.settings}
          {...(canEdit ? { acts } : {})}
        />
      ) : (
        <FlowCanvas
          graph={graph}
          views={views}
          selected={state.selected}
          onSelection={(changes) => dispatch({ type: 'selectionChanged', changes })}
          {...(builder.dimEdges ? { dimEdges: builder.dimEdges } : {})}
          {...(canEdit ? { edits } : {})}
        />
      )}
    </div>
  );
}
