import 'reactflow/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  applyNodeChanges,
  Background,
  BackgroundVariant,
  Controls,
  MiniMap,
  ReactFlow,
  useReactFlow,
  useStore,
  type Connection,
  type EdgeChange,
  type NodeChange,
} from 'reactflow';
import { useEffect, useRef, useState } from 'react';
import type { DraftGraph } from '#backend/schemas/flow.ts';
import { canvasEdges, canvasNodes, type CanvasEdge, type CanvasNode } from './canvasNodes.ts';
import { gridSize, whyNotConnect, type OutputRef, type Place } from './editor/flowDocument.ts';
import { orderNodes } from './editor/orderSteps.ts';
import styles from './FlowBuilder.module.css';
import { edgeTypes, nodeTypes } from './nodeTypes.ts';
import type { NodeView } from './nodeView.ts';
import { useIsNear } from './useIsNear.ts';
import { useKeepInSight } from './useKeepInSight.ts';

export const paletteMimeType = 'application/x-chou-step';

/** What can be done on a canvas that is edited. */
export interface CanvasEdits {
  connect: (from: OutputRef, target: string) => void;
  move: (places: Record<string, Place>) => void;
  /** A step of the palette was let go at a place, maybe on a connection. */
  drop: (key: string, at: Place, edgeId: string | null) => void;
}

interface FlowCanvasProps {
  graph: DraftGraph;
  views: readonly NodeView[];
  selected: ReadonlySet<string>;
  onSelection: (changes: Record<string, boolean>) => void;
  /** Connections that nobody took. */
  dimEdges?: ReadonlySet<string>;
  /** Left out where a flow is only looked at. */
  edits?: CanvasEdits;
}

const noEdges: ReadonlySet<string> = new Set();
const grid: [number, number] = [gridSize, gridSize];
const fit = { maxZoom: 1, padding: 0.12 };

function outputOf({ source, sourceHandle }: Pick<Connection, 'source' | 'sourceHandle'>): OutputRef {
  return { nodeId: source, output: sourceHandle };
}

/** The connection that lies under the pointer, its + included. */
function edgeUnder(target: EventTarget): string | null {
  const under = target instanceof Element ? target.closest('.react-flow__edge, [data-edge]') : null;
  return under?.getAttribute('data-edge') ?? under?.getAttribute('data-id') ?? null;
}

/** A connection that what is dragged would go into. */
function takesStep(edge: CanvasEdge): CanvasEdge {
  return { ...edge, className: styles.takesStep ?? '' };
}

function selections(
  changes: readonly (NodeChange<CanvasNode> | EdgeChange<CanvasEdge>)[],
): Record<string, boolean> {
  return Object.fromEntries(
    changes.flatMap((change): [string, boolean][] =>
      change.type === 'select' ? [[change.id, change.selected]] : [],
    ),
  );
}

function placesOf(nodes: readonly CanvasNode[]): Record<string, Place> {
  const round = (value: number) => Math.round(value / gridSize) * gridSize;
  return Object.fromEntries(
    nodes.map(({ id, position }) => [id, { x: round(position.x), y: round(position.y) }]),
  );
}

/**
 * What the canvas draws. While something is dragged only its own nodes move; the document hears of it at the end, so that
 * nothing else is worked out anew frame by frame.
 */
function useCanvasState({ graph, views, selected, dimEdges = noEdges }: FlowCanvasProps) {
  const [seen, setSeen] = useState({ graph, views, selected, dimEdges });
  const [nodes, setNodes] = useState(() => canvasNodes({ graph, views, selected }, []));
  const [edges, setEdges] = useState(() => canvasEdges({ graph, views, selected }, [], dimEdges));
  const isNew =
    seen.graph !== graph || seen.views !== views || seen.selected !== selected || seen.dimEdges !== dimEdges;
  if (isNew) {
    setSeen({ graph, views, selected, dimEdges });
    setNodes(canvasNodes({ graph, views, selected }, nodes));
    setEdges(canvasEdges({ graph, views, selected }, edges, dimEdges));
  }
  const change = (changes: NodeChange<CanvasNode>[]) => {
    const own = changes.filter(({ type }) => type === 'position' || type === 'dimensions');
    if (own.length > 0) setNodes((before) => applyNodeChanges(own, before));
  };
  return { nodes, edges, change };
}

/** What is only looked at is seen as a whole also where its place has become another: a phone that was turned. */
function useFitAnew(isPicture: boolean, nodes: { id: string }[]): void {
  const { fitView } = useReactFlow();
  const width = useStore((store) => store.width);
  const fitted = useRef(width);
  useEffect(() => {
    // The first size is the canvas's own matter, and a little more or less room is no reason to move anything.
    const ratio = fitted.current === 0 ? 1 : width / fitted.current;
    if (fitted.current > 0 && ratio > 0.7 && ratio < 1.4) return;
    fitted.current = width;
    if (isPicture && ratio !== 1) void fitView({ ...fit, nodes });
  }, [isPicture, width, fitView, nodes]);
}

/** The flow as a graph; needs a ReactFlowProvider above it, and a BuilderContext where it is edited. */
export function FlowCanvas(props: FlowCanvasProps) {
  const { graph, selected, onSelection, edits } = props;
  const colorMode = useComputedColorScheme('light');
  const { screenToFlowPosition } = useReactFlow();
  const container = useRef<HTMLDivElement>(null);
  const { nodes, edges, change } = useCanvasState(props);
  const isNear = useIsNear();
  const [under, setUnder] = useState<string | null>(null);
  useKeepInSight(graph, selected, container);
  const [firstSteps] = useState(() =>
    orderNodes(graph)
      .slice(0, edits ? 6 : 16)
      .map(({ id }) => ({ id })),
  );
  useFitAnew(edits === undefined, firstSteps);
  const select = (changes: readonly (NodeChange<CanvasNode> | EdgeChange<CanvasEdge>)[]) => {
    const chosen = selections(changes);
    if (Object.keys(chosen).length > 0) onSelection(chosen);
  };
  return (
    <ReactFlow<CanvasNode, CanvasEdge>
      ref={container}
      className={styles.flow ?? ''}
      data-far={!isNear}
      colorMode={colorMode}
      nodes={nodes}
      edges={under === null ? edges : edges.map((edge) => (edge.id === under ? takesStep(edge) : edge))}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      nodesDraggable={edits !== undefined}
      nodesConnectable={edits !== undefined}
      deleteKeyCode={null}
      multiSelectionKeyCode={['Shift', 'Meta', 'Control']}
      selectionKeyCode="Shift"
      disableKeyboardA11y
      snapToGrid
      snapGrid={grid}
      onNodesChange={(changes) => {
        change(changes);
        select(changes);
      }}
      onEdgesChange={select}
      onNodeClick={(event, { id }) => {
        // One of many that is clicked by itself is the only one from then on.
        if (event.shiftKey || event.ctrlKey || event.metaKey || selected.size < 2) return;
        onSelection({ ...Object.fromEntries([...selected].map((each) => [each, false])), [id]: true });
      }}
      onNodeDragStop={(_, __, dragged) => edits?.move(placesOf(dragged))}
      onSelectionDragStop={(_, dragged) => edits?.move(placesOf(dragged))}
      onConnect={(connection) => edits?.connect(outputOf(connection), connection.target)}
      isValidConnection={({ source, sourceHandle, target }) =>
        whyNotConnect(graph, { nodeId: source, output: sourceHandle ?? null }, target) === null
      }
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'move';
        setUnder(edgeUnder(event.target));
      }}
      onDragLeave={() => setUnder(null)}
      onDrop={(event) => {
        setUnder(null);
        const key = event.dataTransfer.getData(paletteMimeType);
        const at = screenToFlowPosition({ x: event.clientX, y: event.clientY });
        if (key) edits?.drop(key, at, edgeUnder(event.target));
      }}
      fitView
      // A long flow opens at its beginning, where it can be read, not as a thread of dots.
      fitViewOptions={{ ...fit, nodes: firstSteps }}
      minZoom={0.1}
      maxZoom={1.6}
      onlyRenderVisibleElements={graph.nodes.length > 60}
      aria-label="The flow as a graph"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Controls showInteractive={false} fitViewOptions={fit} />
      {edits || graph.nodes.length > 30 ? (
        <MiniMap pannable zoomable ariaLabel="Map of the whole flow" className={styles.minimap ?? ''} />
      ) : null}
    </ReactFlow>
  );
}
