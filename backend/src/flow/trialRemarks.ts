import type { FlowGraph } from '../schemas/flow.ts';
import { stateTitles, type StateNumber } from '../schemas/state.ts';
import { findTrigger } from './nextSteps.ts';
import type { StepContext } from './StepContext.ts';

/** Why the flow would not start for this customer as things stand, though it is tried out with them. */
export function trialRemarks(graph: FlowGraph, context: StepContext): string[] {
  const data = findTrigger(graph)?.data;
  if (!data) return [];
  const tenants = 'connectionIds' in data ? data.connectionIds : [];
  const states: readonly StateNumber[] = 'states' in data ? data.states : [];
  const isElsewhere = tenants.length > 0 && !tenants.includes(context.connectionId);
  const isInAnother = states.length > 0 && !states.includes(context.state);
  return [
    ...(isElsewhere
      ? ['The customer belongs to a tenant that the flow is not for: it would not start.']
      : []),
    ...(isInAnother
      ? [
          `The customer is in "${stateTitles[context.state]}" now, and the flow is for ${orWords(states)}: it would start once they are there.`,
        ]
      : []),
    ...(data.on === 'appointment' && context.appointment === null
      ? ['The customer has no appointment: nothing would start the flow.']
      : []),
  ];
}

function orWords(states: readonly StateNumber[]): string {
  return states.map((state) => `"${stateTitles[state]}"`).join(' or ');
}
