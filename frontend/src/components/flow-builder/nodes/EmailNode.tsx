import type { NodeProps } from 'reactflow';
import type { BuilderNode } from '../builderGraph.ts';
import { nodeKinds } from '../nodeKinds.ts';
import { nodeSummary } from '../nodeSummary.ts';
import { NodeShell } from './NodeShell.tsx';

/** Sends an e-mail to the customer. */
export function EmailNode({ id, data, selected }: NodeProps<BuilderNode>) {
  const { title, icon: Shape } = nodeKinds.send_email;
  return (
    <NodeShell
      id={id}
      type="send_email"
      title={title}
      summary={nodeSummary('send_email', data.values)}
      icon={<Shape size={18} stroke={1.7} aria-hidden />}
      selected={selected}
    />
  );
}
