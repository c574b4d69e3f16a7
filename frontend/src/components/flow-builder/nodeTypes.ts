import type { ComponentType } from 'react';
import type { NodeProps } from 'reactflow';
import type { BuilderNode, CanvasNodeType } from './builderGraph.ts';
import { ActionNode } from './nodes/ActionNode.tsx';
import { ConditionNode } from './nodes/ConditionNode.tsx';
import { EmailNode } from './nodes/EmailNode.tsx';
import { EndNode } from './nodes/EndNode.tsx';
import { ServiceTitanNode } from './nodes/ServiceTitanNode.tsx';
import { TriggerNode } from './nodes/TriggerNode.tsx';
import { WaitNode } from './nodes/WaitNode.tsx';
import { WaitUntilNode } from './nodes/WaitUntilNode.tsx';

/** Which component draws which node. */
export const nodeTypes = {
  trigger: TriggerNode,
  send_email: EmailNode,
  wait: WaitNode,
  wait_until: WaitUntilNode,
  condition: ConditionNode,
  action: ActionNode,
  servicetitan: ServiceTitanNode,
  end: EndNode,
} satisfies Record<CanvasNodeType, ComponentType<NodeProps<BuilderNode>>>;
