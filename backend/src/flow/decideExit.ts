import type { FlowSettings } from '../schemas/flowSettings.ts';
import { evaluateConditions, type RuleFinding } from './evaluateConditions.ts';
import type { Facts } from './factsOf.ts';

export type ExitReason = 'unsubscribed' | 'replied' | 'goal';

/** Why a run is over before its next step, with what was seen; null: it is not. */
export function decideExit(
  settings: FlowSettings,
  facts: Facts,
): { reason: ExitReason; rules: RuleFinding[] } | null {
  if (settings.exitOnUnsubscribe && facts('contact.unsubscribed') === true)
    return { reason: 'unsubscribed', rules: [] };
  if (settings.exitOnReply && facts('messages.replied') === true) return { reason: 'replied', rules: [] };
  if (settings.exitWhen.groups.length === 0) return null;
  const goal = evaluateConditions(settings.exitWhen, facts);
  return goal.holds ? { reason: 'goal', rules: goal.rules } : null;
}

/** Whether something about the customer, and not only time, can end the runs of a flow. */
export function hasExits({ exitOnUnsubscribe, exitOnReply, exitWhen }: FlowSettings): boolean {
  return exitOnUnsubscribe || exitOnReply || exitWhen.groups.length > 0;
}
