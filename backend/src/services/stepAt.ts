import { scheduleOf, type ScheduleFacts } from '../flow/scheduleOf.ts';
import type { NextStep } from '../repositories/flowRunRepository.ts';
import type { FlowNode } from '../schemas/flow.ts';

/** A node as the step that somebody comes to at a moment. */
export function stepAt(
  node: FlowNode,
  { visit, enteredAt, facts }: { visit: number; enteredAt: Date; facts: ScheduleFacts },
): NextStep {
  return {
    nodeId: node.id,
    visit,
    enteredAt,
    isAction: node.type === 'action' && !node.disabled,
    watch: node.type === 'wait_event' && !node.disabled,
    ...scheduleOf(node, enteredAt, facts),
  };
}
