import type { FlowNode } from '../schemas/flow.ts';
import { addMinutes, anchorOf } from './scheduleOf.ts';

export type WaitUntilNode = Extract<FlowNode, { type: 'wait_until' }>;

/** `wait`: not yet (null: no appointment is known). `pass`: the moment has come. `past`: it was over before it could be waited for. */
export type WaitUntilDecision =
  { type: 'wait'; dueAt: Date | null } | { type: 'pass'; at: Date } | { type: 'past'; at: Date };

/** What a wait for the appointment does now, by the appointment as it stands now. */
export function decideWaitUntil(
  node: WaitUntilNode,
  moment: { enteredAt: Date; appointmentStart: Date | null; now: Date },
): WaitUntilDecision {
  const { enteredAt, appointmentStart, now } = moment;
  if (!appointmentStart) return { type: 'wait', dueAt: null };
  const target = addMinutes(appointmentStart, anchorOf(node.data));
  if (target > now) return { type: 'wait', dueAt: target };
  if (target < enteredAt) return { type: 'past', at: enteredAt };
  // Nobody is reminded of a visit that has begun.
  if (node.data.direction === 'before' && appointmentStart <= now) return { type: 'past', at: target };
  return { type: 'pass', at: target };
}
