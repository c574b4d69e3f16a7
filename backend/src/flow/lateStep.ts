import type { FlowGraph, FlowNode } from '../schemas/flow.ts';
import { decideStep, type StepMoment } from './decideStep.ts';
import { nextSteps } from './nextSteps.ts';
import { scheduleOf, type ScheduleFacts } from './scheduleOf.ts';

export type LateDecision = 'do' | 'too_late' | 'superseded';

export interface LateQuestion {
  graph: FlowGraph;
  node: FlowNode;
  /** When the step fell due. */
  dueAt: Date;
  visit: number;
  /** When the run came back after having been away; null: it never was. */
  resumedAt: Date | null;
  maxAgeHours: number;
  schedule: ScheduleFacts;
  facts: StepMoment['facts'];
  /** Whether doing the node is noticed outside, as an e-mail is. */
  isEffect(node: FlowNode): boolean;
}

/** More steps than anybody passes within the largest age: circles end here. */
const mostLookedAt = 500;

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
  const { graph, schedule } = question;
  let at = question.dueAt;
  let [node] = nextSteps(graph, question.node, null);
  for (let count = 0; node && count < mostLookedAt; count += 1) {
    const { dueAt } = scheduleOf(node, at, schedule);
    if (!dueAt || dueAt >= before) return false;
    const decision = decideStep({
      ...schedule,
      ...question,
      node,
      enteredAt: at,
      dueAt,
      now: before,
    });
    if (decision.type === 'effect' && question.isEffect(node)) return true;
    if (decision.type === 'effect') {
      [node] = nextSteps(graph, node, null);
    } else {
      if (decision.type !== 'go') return false;
      at = decision.at;
      [node] = nextSteps(graph, node, decision.outcome);
    }
    if (at >= before) return false;
  }
  return false;
}
