import type { CanvasNodeTypes } from './canvasNodes.ts';
import { NoteNode } from './nodes/NoteNode.tsx';
import { ServiceTitanNode } from './nodes/ServiceTitanNode.tsx';
import { StepNode } from './nodes/StepNode.tsx';
import { WayEdge } from './nodes/WayEdge.tsx';

/** Which component draws which node: all steps look alike, save those with a brand. */
export const nodeTypes = {
  step: StepNode,
  servicetitan: ServiceTitanNode,
  note: NoteNode,
} satisfies CanvasNodeTypes;

export const edgeTypes = { way: WayEdge };
