import type { ComponentType } from 'react';
import type { Edge, Node, NodeProps } from 'reactflow';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { outputOf, outputsOf, type FlowNote } from './editor/flowDocument.ts';
import { orderNodes } from './editor/orderSteps.ts';
import type { NodeView } from './nodeView.ts';

export type StepNodeType = Node<{ view: NodeView }, 'step' | 'servicetitan'>;
export type NoteNodeType = Node<{ note: FlowNote }, 'note'>;
export type CanvasNode = StepNodeType | NoteNodeType;
export type CanvasEdge = Edge<{ title: string; isDim: boolean }>;

/** Which component draws which node. */
export type CanvasNodeTypes = {
  step: ComponentType<NodeProps<StepNodeType>>;
  servicetitan: ComponentType<NodeProps<StepNodeType>>;
  note: ComponentType<NodeProps<NoteNodeType>>;
};

interface CanvasQuestion {
  graph: DraftGraph;
  views: readonly NodeView[];
  selected: ReadonlySet<string>;
}

/** The graph as the canvas holds it. Nodes that did not change stay the very same, sizes included. */
export function canvasNodes(
  { graph, views, selected }: CanvasQuestion,
  before: readonly CanvasNode[],
): CanvasNode[] {
  const old = new Map(before.map((node) => [node.id, node]));
  const byId = new Map(views.map((view) => [view.nodeId, view]));
  // In the flow's order, so that Tab goes along it; notes lie below.
  const steps = orderNodes(graph).flatMap((node): CanvasNode[] => {
    const view = byId.get(node.id);
    if (!view) return [];
    const was = old.get(node.id);
    const data = was?.type !== 'note' && was && isSameView(was.data.view, view) ? was.data : { view };
    const next: StepNodeType = {
      id: node.id,
      type: view.brand === 'servicetitan' ? 'servicetitan' : 'step',
      position: node.position,
      data,
      selected: selected.has(node.id),
      deletable: node.type !== 'trigger',
      ariaLabel: `${view.title}: ${view.sentence ?? 'not set up yet'}`,
    };
    return [keep(was, next)];
  });
  const notes = graph.notes.map((note): CanvasNode => {
    const was = old.get(note.id);
    const data = was?.type === 'note' && was.data.note === note ? was.data : { note };
    const next: NoteNodeType = {
      id: note.id,
      type: 'note',
      position: note.position,
      width: note.width,
      height: note.height,
      data,
      selected: selected.has(note.id),
      zIndex: -1,
      ariaLabel: `Note: ${note.text}`,
    };
    return keep(was, next);
  });
  return [...notes, ...steps];
}

function keep(was: CanvasNode | undefined, next: CanvasNode): CanvasNode {
  if (!was || was.type !== next.type) return next;
  const isSame =
    was.data === next.data &&
    was.selected === next.selected &&
    was.position.x === next.position.x &&
    was.position.y === next.position.y &&
    was.width === next.width &&
    was.height === next.height;
  if (isSame) return was;
  // What is being dragged stays in the hand, whatever is drawn anew meanwhile.
  if (was.dragging)
    return {
      ...next,
      position: was.position,
      dragging: true,
      ...(was.measured ? { measured: was.measured } : {}),
    };
  return was.measured ? { ...next, measured: was.measured } : next;
}

/** Views are plain values: what reads the same is the same. */
function isSameView(one: NodeView, other: NodeView): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function canvasEdges(
  { graph, views, selected }: CanvasQuestion,
  before: readonly CanvasEdge[],
  dim: ReadonlySet<string>,
): CanvasEdge[] {
  const old = new Map(before.map((edge) => [edge.id, edge]));
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const titles = new Map(views.map(({ nodeId, title }) => [nodeId, title]));
  return graph.edges.map((edge): CanvasEdge => {
    const source = nodes.get(edge.source);
    const output = outputOf(edge);
    const found = source && outputsOf(source).find(({ id }) => id === output);
    const title = found?.title ?? '';
    const way = title === '' ? '' : ` by ${title}`;
    const ariaLabel = `From ${titles.get(edge.source) ?? ''}${way} to ${titles.get(edge.target) ?? ''}`;
    const was = old.get(edge.id);
    const isSelected = selected.has(edge.id);
    const isDim = dim.has(edge.id);
    if (
      was?.data?.title === title &&
      was.ariaLabel === ariaLabel &&
      was.data.isDim === isDim &&
      was.selected === isSelected &&
      was.source === edge.source &&
      was.target === edge.target &&
      (was.sourceHandle ?? null) === output
    )
      return was;
    return {
      id: edge.id,
      type: 'way',
      source: edge.source,
      target: edge.target,
      ...(output === null ? {} : { sourceHandle: output }),
      data: { title, isDim },
      selected: isSelected,
      ariaLabel,
    };
  });
}
