import type { NodeProps } from 'reactflow';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { nodeSummary } from '../nodeSummary.ts';
import { NodeShell } from './NodeShell.tsx';

/** Where the flow is done. */
export function EndNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { title, icon: Shape } = nodeKinds.end;
  return (
    <NodeShell
      id={id}
      type="end"
      title={title}
      summary={nodeSummary('end', data.values)}
      icon={<Shape size={18} stroke={1.7} aria-hidden />}
      selected={selected}
    />
  );
}
