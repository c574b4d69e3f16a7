import { Alert, Button, Group } from '@mantine/core';
import { useDocumentTitle, useHotkeys, useMediaQuery } from '@mantine/hooks';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo } from 'react';
import { ReactFlowProvider } from 'reactflow';
import type { FlowReply, IntegrationsReply } from '#backend/schemas/api.ts';
import { useCanEdit } from '../../session.ts';
import { useUrlFilter } from '../common/useUrlFilter.ts';
import { BuilderContext, type Builder } from './BuilderContext.ts';
import { isFree, outputsOf, type NewNode, type OutputOfNode } from './builderGraph.ts';
import styles from './FlowBuilder.module.css';
import { FlowCanvas, type CanvasEdits } from './FlowCanvas.tsx';
import { FlowOverview } from './FlowOverview.tsx';
import { FlowToolbar } from './FlowToolbar.tsx';
import { LeaveDialog } from './LeaveDialog.tsx';
import { NodePanel } from './NodePanel.tsx';
import { Palette } from './Palette.tsx';
import { listPaletteItems, type PaletteItem } from './paletteItems.ts';
import { StepsList } from './StepsList.tsx';
import { useFlowEditor } from './useFlowEditor.ts';

interface FlowBuilderProps {
  flow: FlowReply;
  integrations: IntegrationsReply['integrations'];
  /** Opens the flow anew as the server has it. */
  onReload: () => void;
}

const noSteps: Builder['steps'] = new Map();

/** Where a flow is built: palette, canvas or list, and the settings of the selected step. */
export function FlowBuilder({ flow, integrations, onReload }: FlowBuilderProps) {
  const canEdit = useCanEdit();
  const editor = useFlowEditor(flow);
  const { state, dispatch, selected, isDirty, problems, isConflict, saveError } = editor;
  const { graph } = state;
  const isSmall = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const [chosenView, setView] = useUrlFilter('view');
  const view = chosenView === 'list' || (chosenView === '' && isSmall) ? 'list' : 'canvas';
  const paletteItems = useMemo(() => listPaletteItems(integrations), [integrations]);
  useDocumentTitle(`${state.name} · Chou`);
  useHotkeys([['mod+S', editor.save]], []);
  useHotkeys([
    ['mod+Z', () => dispatch({ type: 'undone' })],
    ['mod+shift+Z', () => dispatch({ type: 'redone' })],
    ['mod+Y', () => dispatch({ type: 'redone' })],
  ]);

  const add = (item: PaletteItem, place: Pick<NewNode, 'position' | 'after'>) => {
    const id = `${item.type}_${crypto.randomUUID().slice(0, 8)}`;
    dispatch({ type: 'nodeAdded', node: { id, type: item.type, values: item.values, ...place } });
  };
  /** The selected step's first free way out, so that a click goes on from it. */
  const freeOutput = (): OutputOfNode | undefined => {
    if (!selected) return undefined;
    const outputs = outputsOf(selected.data.type).map((output) => ({ nodeId: selected.id, output }));
    return outputs.find((output) => isFree(graph, output));
  };
  const select = (nodeId: string | null) => {
    if (nodeId !== (selected?.id ?? null)) dispatch({ type: 'selected', nodeId });
  };
  const edits: CanvasEdits = {
    changeEdges: (changes) => dispatch({ type: 'edgesChanged', changes }),
    connect: (from, target) => dispatch({ type: 'connected', from, target }),
    remove: (nodeIds, edgeIds) => dispatch({ type: 'removed', nodeIds, edgeIds }),
    drop: (key, position) => {
      const item = paletteItems.find((each) => each.key === key);
      if (item) add(item, { position });
    },
  };
  const nodeIds = new Set(graph.nodes.map(({ id }) => id));
  const current = problems.filter(({ nodeId }) => nodeId === null || nodeIds.has(nodeId));
  const builder: Builder = {
    integrations,
    paletteItems,
    problems: new Map(
      [...Map.groupBy(current, ({ nodeId }) => nodeId ?? '')].map(([id, all]) => [id, all.length]),
    ),
    waiting: flow.waiting,
    steps: noSteps,
    isFree: (output) => isFree(graph, output),
    ...(canEdit ? { addAfter: (after: OutputOfNode, item: PaletteItem) => add(item, { after }) } : {}),
  };

  return (
    <BuilderContext value={builder}>
      <div className={styles.builder}>
        <FlowToolbar flow={flow} editor={editor} canEdit={canEdit} view={view} onView={setView} />
        {isConflict ? <Conflict onReload={onReload} /> : null}
        {saveError ? (
          <Alert
            color="red"
            icon={<IconAlertTriangle size={18} />}
            title="The draft could not be saved"
            role="alert"
          >
            {saveError.message}
          </Alert>
        ) : null}
        <div className={styles.body}>
          {canEdit ? <Palette onAdd={(item) => add(item, { after: freeOutput() })} /> : null}
          <div className={styles.canvas}>
            {view === 'list' ? (
              <StepsList graph={graph} selectedId={selected?.id ?? null} onSelect={select} />
            ) : (
              <ReactFlowProvider>
                <FlowCanvas
                  graph={graph}
                  onNodesChange={(changes) => dispatch({ type: 'nodesChanged', changes })}
                  {...(canEdit ? { edits } : {})}
                />
              </ReactFlowProvider>
            )}
          </div>
          {selected ? (
            <NodePanel
              key={selected.id}
              node={selected}
              problems={current.filter(({ nodeId }) => nodeId === selected.id)}
              readOnly={!canEdit}
              onChange={(field, values) =>
                dispatch({ type: 'valuesChanged', nodeId: selected.id, field, values })
              }
              onRemove={() => dispatch({ type: 'removed', nodeIds: [selected.id], edgeIds: [] })}
              onClose={() => select(null)}
            />
          ) : (
            <FlowOverview flow={flow} problems={current} isDirty={isDirty} onSelect={select} />
          )}
        </div>
        <LeaveDialog isDirty={isDirty} />
      </div>
    </BuilderContext>
  );
}

function Conflict({ onReload }: { onReload: () => void }) {
  return (
    <Alert
      color="orange"
      icon={<IconAlertTriangle size={18} />}
      title="Somebody else saved this flow"
      role="alert"
    >
      <Group justify="space-between">
        Your changes are not saved. Reload to go on from the saved draft; your unsaved changes are then gone.
        <Button size="xs" variant="default" onClick={onReload}>
          Reload the draft
        </Button>
      </Group>
    </Alert>
  );
}
