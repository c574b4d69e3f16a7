import type { FlowGraph, FlowNode } from '../schemas/flow.ts';
import { nextSteps } from './nextSteps.ts';
import { scheduleOf } from './scheduleOf.ts';

export type LateDecision = 'do' | 'too_late' | 'superseded';

export interface LateQuestion {
  graph: FlowGraph;
  node: FlowNode;
  /** When the step fell due. */
  dueAt: Date;
  /** When the run came back after having been away; null: it never was. */
  resumedAt: Date | null;
  maxAgeHours: number;
  appointmentStart: Date | null;
  /** Whether doing the node is noticed outside, as an e-mail is. */
  isEffect(node: FlowNode): boolean;
  decide(node: Extract<FlowNode, { type: 'condition' }>): 'yes' | 'no';
}

/**
 * Whether an effect of a resumed run is still done: not when it fell due too long before the return, and of several
 * that fell due while the run was away only the last.
 */
export function decideLateStep(question: LateQuestion): LateDecision {
  const { dueAt, resumedAt, maxAgeHours, node } = question;
  if (!resumedAt || dueAt >= resumedAt || !question.isEffect(node)) return 'do';
  if (dueAt.getTime() < resumedAt.getTime() - maxAgeHours * 3_600_000) return 'too_late';
  return hasLaterEffect(question, resumedAt) ? 'superseded' : 'do';
}

function hasLaterEffect(question: LateQuestion, before: Date): boolean {
  const { graph, appointmentStart } = question;
  let at = question.dueAt;
  let [node] = nextSteps(graph, question.node, null);
  while (node) {
    const { dueAt } = scheduleOf(node, at, appointmentStart);
    if (!dueAt || dueAt >= before) return false;
    // A moment that lay before the wait began is not waited for: what follows depends on the wait's own setting.
    if (dueAt < at && node.type === 'wait_until' && node.data.whenPast === 'end') return false;
    if (question.isEffect(node)) return true;
    at = dueAt < at ? at : dueAt;
    [node] = nextSteps(graph, node, node.type === 'condition' ? question.decide(node) : null);
  }
  return false;
}
