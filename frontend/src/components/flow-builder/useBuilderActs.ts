import { useCallback, useMemo, type RefObject } from 'react';
import { useReactFlow } from 'reactflow';
import type { CanvasHands } from './BuilderContext.ts';
import type { Integrations } from './catalogue.ts';
import {
  edgeFrom,
  findNode,
  gridSize,
  isFree,
  outputsOf,
  type DraftNode,
  type OutputRef,
  type Place,
} from './editor/flowDocument.ts';
import type { ListActs } from './list/listActs.ts';
import { makeId } from './makeId.ts';
import { listPaletteItems, type PaletteItem } from './paletteItems.ts';
import type { FlowClipboard } from './useClipboard.ts';
import type { FlowEditor } from './useFlowEditor.ts';

interface ActsQuestion {
  editor: FlowEditor;
  integrations: Integrations;
  clipboard: FlowClipboard;
  /** The step that is selected, when it is the only one. */
  onlyNode: DraftNode | undefined;
  stage: RefObject<HTMLDivElement | null>;
  titleOfNode: (nodeId: string) => string;
  select: (nodeId: string | null) => void;
  say: (words: string) => void;
}

/** What can be done to the flow's steps, and is said to who cannot see it. */
export function useBuilderActs(question: ActsQuestion) {
  const { editor, integrations, clipboard, onlyNode, stage, titleOfNode, select, say } = question;
  const { dispatch } = editor;
  const { graph } = editor.state.document;
  const { screenToFlowPosition } = useReactFlow();

  const add = useCallback(
    (item: PaletteItem, place: { at?: Place; after?: OutputRef }) => {
      const node = { id: makeId(item.type), type: item.type, data: { ...item.values } };
      dispatch({ type: 'nodeAdded', node, ...place });
      say(`${item.title} added.`);
    },
    [dispatch, say],
  );
  const hasTrigger = graph.nodes.some(({ type }) => type === 'trigger');
  const paletteItems = useMemo(() => listPaletteItems(integrations, hasTrigger), [integrations, hasTrigger]);
  const hands = useMemo(
    (): CanvasHands => ({
      paletteItems,
      addAfter: (after, item) => add(item, { after }),
      changeNote: (noteId, change) => dispatch({ type: 'noteChanged', noteId, change }),
      finishTyping: () => dispatch({ type: 'paused' }),
    }),
    [paletteItems, add, dispatch],
  );
  /** The selected step's first free way out, else its first, so that a click goes on from it. */
  const addFromPalette = (item: PaletteItem) => {
    const from = onlyNode ?? (graph.nodes.length === 1 ? graph.nodes[0] : undefined);
    const ways = from ? outputsOf(from).map(({ id }): OutputRef => ({ nodeId: from.id, output: id })) : [];
    const after = ways.find((way) => isFree(graph, way)) ?? ways[0];
    add(item, after ? { after } : {});
  };
  const addNote = () => {
    const box = stage.current?.getBoundingClientRect();
    const at = box ? screenToFlowPosition({ x: box.x + box.width / 2, y: box.y + 80 }) : { x: 0, y: 0 };
    const round = (value: number) => Math.round(value / gridSize) * gridSize;
    const note = { id: makeId('note'), position: { x: round(at.x), y: round(at.y) }, text: '' };
    dispatch({ type: 'noteAdded', note: { ...note, width: 220, height: 110 } });
  };
  const connectWay = (from: OutputRef, target: string | null) => {
    const edge = edgeFrom(graph, from);
    if (target !== null) {
      dispatch({ type: 'connected', from, target });
      say(`${titleOfNode(from.nodeId)} now leads to ${titleOfNode(target)}.`);
    } else if (edge) {
      dispatch({ type: 'disconnected', edgeIds: [edge.id] });
      say(`${titleOfNode(from.nodeId)} now leads nowhere.`);
    }
  };
  const acts: ListActs = {
    addAfter: hands.addAfter,
    insertBefore: (nodeId, item) => {
      const edge = graph.edges.find(({ target }) => target === nodeId);
      if (edge) add(item, { after: { nodeId: edge.source, output: edge.sourceHandle ?? null } });
      else say('Nothing leads to this step yet.');
    },
    move: (nodeId, to) => {
      select(nodeId);
      dispatch({ type: 'stepMoved', nodeId, to });
      say(`${titleOfNode(nodeId)} moved${typeof to === 'string' ? ` ${to}` : ''}.`);
    },
    connect: connectWay,
    duplicate: (nodeId) => clipboard.duplicate(new Set([nodeId])),
    switchOff: (nodeId, disabled) => {
      dispatch({ type: 'switched', nodeIds: [nodeId], disabled });
      say(`${titleOfNode(nodeId)} is ${disabled ? 'off' : 'on'}.`);
    },
    remove: (nodeId) => {
      if (findNode(graph, nodeId)?.type === 'trigger') {
        say('The trigger stays: it says when the flow starts.');
        return;
      }
      dispatch({ type: 'removed', ids: [nodeId] });
      say(`${titleOfNode(nodeId)} removed.`);
    },
  };
  return { add, addFromPalette, addNote, connectWay, hands, acts } as const;
}
