import type { NodeProps } from 'reactflow';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { nodeSummary } from '../nodeSummary.ts';
import { NodeShell } from './NodeShell.tsx';

/** Goes one of two ways. */
export function ConditionNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { title, icon: Shape } = nodeKinds.condition;
  return (
    <NodeShell
      id={id}
      type="condition"
      title={title}
      summary={nodeSummary('condition', data.values)}
      icon={<Shape size={18} stroke={1.7} aria-hidden />}
      selected={selected}
    />
  );
}
