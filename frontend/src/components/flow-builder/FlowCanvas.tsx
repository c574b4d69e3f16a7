import 'reactflow/dist/style.css';
import { useComputedColorScheme } from '@mantine/core';
import {
  Background,
  BackgroundVariant,
  Controls,
  ReactFlow,
  useReactFlow,
  type Connection,
  type EdgeChange,
  type NodeChange,
} from 'reactflow';
import { useRef, useState } from 'react';
import styles from './FlowBuilder.module.css';
import {
  mayConnect,
  orderNodes,
  type BuilderGraph,
  type BuilderNode,
  type OutputOfNode,
} from './builderGraph.ts';
import { nodeTypes } from './nodeTypes.ts';
import { useKeepInSight } from './useKeepInSight.ts';

export const paletteMimeType = 'application/x-chou-step';

/** What can be done on a canvas that is edited. */
export interface CanvasEdits {
  changeEdges: (changes: EdgeChange[]) => void;
  connect: (from: OutputOfNode, target: string) => void;
  remove: (nodeIds: string[], edgeIds: string[]) => void;
  drop: (key: string, position: { x: number; y: number }) => void;
}

interface FlowCanvasProps {
  graph: BuilderGraph;
  /** Moves, sizes and selections; where a flow is only looked at, the selection is what matters. */
  onNodesChange: (changes: NodeChange<BuilderNode>[]) => void;
  /** Left out where a flow is only looked at. */
  edits?: CanvasEdits;
}

function outputOf({ source, sourceHandle }: Pick<Connection, 'source' | 'sourceHandle'>): OutputOfNode {
  return { nodeId: source, output: sourceHandle === 'yes' || sourceHandle === 'no' ? sourceHandle : null };
}

/** The flow as a graph; needs a ReactFlowProvider and a BuilderContext above it. */
export function FlowCanvas({ graph, onNodesChange, edits }: FlowCanvasProps) {
  const colorMode = useComputedColorScheme('light');
  const { screenToFlowPosition } = useReactFlow();
  const container = useRef<HTMLDivElement>(null);
  useKeepInSight(graph, container);
  const [firstSteps] = useState(() =>
    orderNodes(graph)
      .slice(0, 6)
      .map(({ node }) => ({ id: node.id })),
  );
  return (
    <ReactFlow<BuilderNode>
      ref={container}
      className={styles.flow ?? ''}
      colorMode={colorMode}
      nodes={graph.nodes}
      edges={graph.edges}
      nodeTypes={nodeTypes}
      defaultEdgeOptions={{ type: 'smoothstep' }}
      nodesDraggable={edits !== undefined}
      nodesConnectable={edits !== undefined}
      deleteKeyCode={edits ? ['Delete', 'Backspace'] : null}
      onNodesChange={onNodesChange}
      onEdgesChange={(changes) => edits?.changeEdges(changes)}
      onConnect={(connection) => edits?.connect(outputOf(connection), connection.target)}
      isValidConnection={({ source, target }) => mayConnect(graph, source, target)}
      onBeforeDelete={async ({ nodes, edges }) => {
        edits?.remove(
          nodes.map(({ id }) => id),
          edges.filter(({ selected }) => selected).map(({ id }) => id),
        );
        return false;
      }}
      onDragOver={(event) => {
        event.preventDefault();
        event.dataTransfer.dropEffect = 'move';
      }}
      onDrop={(event) => {
        const key = event.dataTransfer.getData(paletteMimeType);
        if (key) edits?.drop(key, screenToFlowPosition({ x: event.clientX, y: event.clientY }));
      }}
      fitView
      // A long flow opens at its beginning, where it can be read, not as a thread of dots.
      fitViewOptions={{ nodes: firstSteps, maxZoom: 1, padding: 0.12 }}
      minZoom={0.2}
      maxZoom={1.6}
      aria-label="The flow as a graph"
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      <Controls showInteractive={false} fitViewOptions={{ maxZoom: 1, padding: 0.12 }} />
    </ReactFlow>
  );
}
