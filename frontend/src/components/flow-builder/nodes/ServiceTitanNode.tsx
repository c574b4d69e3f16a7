import type { NodeProps } from 'reactflow';
import type { StepNodeType } from '../canvasNodes.ts';
import styles from './nodes.module.css';
import { StepNode } from './StepNode.tsx';

/** An action of ServiceTitan: a step with its colour, and the tenants that it reaches. */
export function ServiceTitanNode(props: NodeProps<StepNodeType>) {
  return (
    <div className={styles.servicetitan}>
      <StepNode {...props} />
    </div>
  );
}
