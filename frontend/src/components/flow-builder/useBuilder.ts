import { useDocumentTitle } from '@mantine/hooks';
import { useCallback, useRef } from 'react';
import type { FlowReply } from '#backend/schemas/api.ts';
import type { FlowProblem } from '#backend/schemas/flow.ts';
import type { Integrations } from './catalogue.ts';
import { findNode } from './editor/flowDocument.ts';
import { titleOf } from './flowNames.ts';
import { useBuilderActs } from './useBuilderActs.ts';
import { useBuilderView } from './useBuilderView.ts';
import { useClipboard } from './useClipboard.ts';
import { useCommandKeys, useCommands } from './useCommands.ts';
import { useFlowEditor } from './useFlowEditor.ts';
import { useFlowViews } from './useFlowViews.ts';
import { useSeenPart } from './useSeenPart.ts';
import { useSurroundings } from './useSurroundings.ts';

interface BuilderQuestion {
  flow: FlowReply;
  integrations: Integrations;
  canEdit: boolean;
}

/** Everything that the parts of the builder share. */
export function useBuilder({ flow, integrations, canEdit }: BuilderQuestion) {
  const editor = useFlowEditor(flow);
  const { state, dispatch, saving } = editor;
  const { graph } = state.document;
  useDocumentTitle(`${state.document.name} · Chou`);
  const shown = useBuilderView(canEdit);
  const { view, panel, setPanel, setDialog, setGoTo, say } = shown;
  const tried = panel === 'test' ? shown.tried : null;
  const seen = useFlowViews({ flow, graph, integrations, saved: saving.problems, tried });
  const { catalogue } = seen;
  const [onlyId] = state.selected.size === 1 ? state.selected : [];
  const onlyNode = onlyId === undefined ? undefined : findNode(graph, onlyId);
  const stage = useRef<HTMLDivElement>(null);

  const titleOfNode = useCallback(
    (nodeId: string) => {
      const node = findNode(graph, nodeId);
      return node ? titleOf(node, catalogue) : 'A step that is gone';
    },
    [graph, catalogue],
  );
  const select = useCallback(
    (nodeId: string | null) => dispatch({ type: 'selected', ids: nodeId === null ? [] : [nodeId] }),
    [dispatch],
  );
  const showPanel = useCallback(
    (next: string) => {
      select(null);
      setPanel(next);
    },
    [select, setPanel],
  );
  const openSettings = (nodeId: string, field: string | null = null) => {
    if (panel === 'test' || panel === 'versions') setPanel('overview');
    select(nodeId);
    setGoTo({ nodeId, field });
  };
  const openProblem = ({ nodeId, field }: FlowProblem) => {
    if (nodeId !== null) openSettings(nodeId, field);
    else if (field?.startsWith('settings')) showPanel('rules');
  };
  const open = {
    palette: () => setDialog('palette'),
    shortcuts: () => setDialog('shortcuts'),
    publish: () => setDialog('publish'),
    view: shown.setView,
    panel: showPanel,
    settings: openSettings,
  };

  const seenPart = useSeenPart(stage, view === 'canvas');
  const clipboard = useClipboard({ editor, canEdit, say, seenPart });
  const does = useBuilderActs({
    editor,
    integrations,
    clipboard,
    onlyNode,
    stage,
    titleOfNode,
    select,
    say,
  });
  const saveNow = () => void saving.flush().catch(() => undefined);
  const { addNote } = does;
  const commands = useCommands({ editor, clipboard, canEdit, view, open, addNote, saveNow });
  useCommandKeys(commands, state.selected.size > 0);
  const surroundings = useSurroundings({
    graph,
    nodeId: onlyNode?.id ?? null,
    catalogue,
    journeyId: shown.journeyId,
    chooseCustomer: shown.chooseCustomer,
  });
  return {
    ...shown,
    ...seen,
    ...does,
    editor,
    graph,
    onlyNode,
    showPanel,
    surroundings,
    open,
    openProblem,
    select,
    titleOfNode,
    clipboard,
    commands,
    stage,
  } as const;
}
export type BuilderState = ReturnType<typeof useBuilder>;
