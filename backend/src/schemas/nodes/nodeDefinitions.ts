import { actionNode, conditionNode, endNode, goToNode, splitNode } from './logic.ts';
import { sendEmailNode } from './sendEmail.ts';
import { triggerNode } from './trigger.ts';
import { waitEventNode, waitNode, waitTimeNode, waitUntilNode } from './waits.ts';

/** Every kind of node. A new kind is an entry here, and what doing it means in backend/src/flow. */
export const nodeDefinitions = {
  trigger: triggerNode,
  send_email: sendEmailNode,
  wait: waitNode,
  wait_time: waitTimeNode,
  wait_until: waitUntilNode,
  wait_event: waitEventNode,
  condition: conditionNode,
  split: splitNode,
  go_to: goToNode,
  action: actionNode,
  end: endNode,
} as const;
export type NodeType = keyof typeof nodeDefinitions;
