import type { FlowGraph, FlowNode, NodeOf } from '../schemas/flow.ts';
import { decideExit, type ExitReason } from './decideExit.ts';
import { evaluateConditions, type RuleFinding } from './evaluateConditions.ts';
import type { Facts } from './factsOf.ts';
import { wayPast, type StepOutcome } from './nextSteps.ts';
import { endOfWait } from './scheduleOf.ts';
import { stableShare } from './stableShare.ts';
import { decideWaitUntil } from './waitUntil.ts';

/** Going in circles without end would otherwise never be noticed. */
export const mostVisits = 200;

/** A step at the moment when it is looked at. */
export interface StepMoment {
  graph: FlowGraph;
  node: FlowNode;
  /** From when it counts: when the step before was over. */
  enteredAt: Date;
  /** When it fell due. */
  dueAt: Date;
  now: Date;
  visit: number;
  appointmentStart: Date | null;
  /** Of the tenant. */
  timeZone: string;
  /** Who it is, for what is the same for a person each time. */
  personKey: string;
  facts: Facts;
}

/** Why the flow is over for a customer before its end. */
export type EndReason = ExitReason | 'not_matched' | 'past';

/** What becomes of a step. `go`: it is done, and the next counts from `at`. `effect`: something outside is to be done first. */
export type StepDecision =
  | { type: 'wait'; dueAt: Date | null; watch: boolean }
  | { type: 'go'; at: Date; outcome: StepOutcome; status: 'done' | 'skipped'; output: unknown }
  | { type: 'end'; at: Date; reason: EndReason; status: 'done' | 'skipped'; output: unknown }
  | { type: 'effect'; node: NodeOf<'send_email'> | NodeOf<'action'>; at: Date }
  | { type: 'fail'; message: string };

/** What one node of a run comes to now: a function of the version, the run and what is known. Nothing is done by it. */
export function decideStep(moment: StepMoment): StepDecision {
  const { graph, node, enteredAt: at, facts } = moment;
  if (moment.visit > mostVisits)
    return { type: 'fail', message: `This step was come to ${mostVisits} times: the flow goes in circles.` };
  const exit = node.type === 'trigger' ? null : decideExit(graph.settings, facts);
  if (exit) return ended(moment.now, exit.reason, { exit: exit.reason, rules: exit.rules });
  if (node.disabled)
    return { type: 'go', at, outcome: wayPast(graph, node), status: 'skipped', output: { disabled: true } };
  switch (node.type) {
    case 'trigger':
      return decideTrigger(node, moment);
    case 'wait':
    case 'wait_time':
      return gone(moment.dueAt);
    case 'wait_until':
      return decideAppointment(node, moment);
    case 'wait_event':
      return decideEvent(node, moment);
    case 'condition': {
      const { holds, rules } = evaluateConditions(node.data.if, facts);
      return gone(at, holds ? 'yes' : 'no', { rules });
    }
    case 'split':
      return gone(at, shareOf(node, moment.personKey));
    case 'send_email':
    case 'action':
      return { type: 'effect', node, at };
    case 'go_to':
    case 'end':
      return gone(at);
  }
}

function gone(
  at: Date,
  outcome: StepOutcome = null,
  output: unknown = outcome === null ? null : { outcome },
): StepDecision {
  return { type: 'go', at, outcome, status: 'done', output };
}

function ended(at: Date, reason: EndReason, output: unknown): StepDecision {
  return { type: 'end', at, reason, status: 'skipped', output };
}

function decideTrigger({ data }: NodeOf<'trigger'>, { enteredAt, facts }: StepMoment): StepDecision {
  const where =
    'where' in data ? evaluateConditions(data.where, facts) : { holds: true, rules: [] as RuleFinding[] };
  return where.holds
    ? gone(enteredAt, null, where.rules.length > 0 ? { rules: where.rules } : null)
    : ended(enteredAt, 'not_matched', { rules: where.rules });
}

function decideAppointment(node: NodeOf<'wait_until'>, moment: StepMoment): StepDecision {
  const { enteredAt, appointmentStart, now } = moment;
  const decision = decideWaitUntil(node, { enteredAt, appointmentStart, now });
  if (decision.type === 'wait') return { type: 'wait', dueAt: decision.dueAt, watch: false };
  if (decision.type === 'pass') return gone(decision.at);
  const output = { past: true, whenPast: node.data.whenPast };
  return node.data.whenPast === 'end'
    ? ended(decision.at, 'past', output)
    : { type: 'go', at: decision.at, outcome: null, status: 'skipped', output };
}

function decideEvent({ data }: NodeOf<'wait_event'>, moment: StepMoment): StepDecision {
  const { enteredAt, now, timeZone, facts } = moment;
  const timeOut = endOfWait(data, enteredAt, timeZone);
  const { holds, rules } = evaluateConditions(data.until, facts);
  if (holds) return gone(now < timeOut ? now : timeOut, 'happened', { outcome: 'happened', rules });
  return now < timeOut
    ? { type: 'wait', dueAt: timeOut, watch: true }
    : gone(timeOut, 'timed_out', { outcome: 'timed_out', rules });
}

function shareOf({ id, data }: NodeOf<'split'>, personKey: string): string {
  let left = stableShare(`${personKey} ${id}`) * 100;
  for (const { id: way, percent } of data.shares) {
    if (left < percent) return way;
    left -= percent;
  }
  return data.shares.at(-1)?.id ?? 'a';
}
