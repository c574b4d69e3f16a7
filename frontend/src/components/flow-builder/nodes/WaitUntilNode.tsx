import type { NodeProps } from 'reactflow';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { nodeSummary } from '../nodeSummary.ts';
import { NodeShell } from './NodeShell.tsx';

/** Waits until some hours before or after the appointment. */
export function WaitUntilNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { title, icon: Shape } = nodeKinds.wait_until;
  return (
    <NodeShell
      id={id}
      type="wait_until"
      title={title}
      summary={nodeSummary('wait_until', data.values)}
      icon={<Shape size={18} stroke={1.7} aria-hidden />}
      selected={selected}
    />
  );
}
