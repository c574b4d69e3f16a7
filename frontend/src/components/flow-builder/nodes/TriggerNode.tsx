import type { NodeProps } from 'reactflow';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { nodeSummary } from '../nodeSummary.ts';
import { NodeShell } from './NodeShell.tsx';

/** Where the flow begins: a customer enters a state. */
export function TriggerNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { title, icon: Shape } = nodeKinds.trigger;
  return (
    <NodeShell
      id={id}
      type="trigger"
      title={title}
      summary={nodeSummary('trigger', data.values)}
      icon={<Shape size={18} stroke={1.7} aria-hidden />}
      selected={selected}
    />
  );
}
