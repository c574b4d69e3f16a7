import type { FlowSettings } from '#backend/schemas/flowSettings.ts';
import { conditionWords } from '#backend/schemas/nodes/conditionWords.ts';
import { countWords } from '#backend/schemas/nodes/duration.ts';
import type { NodeNames } from '#backend/schemas/nodes/defineNode.ts';
import { triggerData } from '#backend/schemas/nodes/trigger.ts';
import { stateTitles } from '#backend/schemas/state.ts';

export const againWords = {
  each_time: 'May come again each time',
  after_days: 'May come again after some days',
  once: 'Never comes again',
} as const satisfies Record<FlowSettings['again'], string>;

export const oneForWords = {
  customer: 'Each customer is in it once',
  journey: 'Once for each of the customer’s jobs',
} as const satisfies Record<FlowSettings['oneFor'], string>;

/** What starts the flow for Maria, as words in a sentence: "becomes a “Lead”". */
function occasionOf(trigger: unknown): { happens: string; again: string; state: string | null } {
  const { data } = triggerData.safeParse(trigger);
  switch (data?.on) {
    case 'state_changed': {
      const state = stateTitles[data.states[0] ?? 1];
      return { happens: `enters “${state}”`, again: `enters “${state}” again`, state };
    }
    case 'lead_received':
      return { happens: 'sends a lead', again: 'sends another lead', state: null };
    case 'appointment':
      return { happens: 'has an appointment', again: 'has another appointment', state: null };
    case 'schedule':
      return { happens: 'is there at the set time', again: 'is there at the set time again', state: null };
    case 'manual':
      return { happens: 'is started by hand', again: 'is started by hand again', state: null };
    case 'flow':
      return { happens: 'is sent here by another flow', again: 'is sent here again', state: null };
    case undefined:
      return { happens: 'starts', again: 'would start again', state: null };
  }
}

function againExample(settings: FlowSettings, again: string): string {
  const days = 19;
  switch (settings.again) {
    case 'each_time':
      return `When she ${again} on March 20, she goes through it once more.`;
    case 'once':
      return `When she ${again} on March 20, nothing starts: she was in it before.`;
    case 'after_days':
      return settings.againAfterDays <= days
        ? `When she ${again} on March 20, ${days} days later, she goes through it once more: ${countWords(settings.againAfterDays, 'day')} have passed.`
        : `When she ${again} on March 20, only ${days} days later, nothing starts: ${countWords(settings.againAfterDays, 'day')} have to pass.`;
  }
}

/** The entry and exit rules by an example that follows every choice. */
export function exampleOf(settings: FlowSettings, trigger: unknown, names: NodeNames): string[] {
  const { happens, again, state } = occasionOf(trigger);
  const goal = conditionWords(settings.exitWhen, names);
  const exits = [
    ...(settings.exitOnLeave && state ? [`she is no longer in “${state}”`] : []),
    ...(settings.exitOnUnsubscribe ? ['she unsubscribes'] : []),
    ...(settings.exitOnReply ? ['she replies'] : []),
    ...(goal === '' ? [] : [goal]),
  ];
  const listed = exits.length < 2 ? exits.join('') : `${exits.slice(0, -1).join(', ')} or ${exits.at(-1)}`;
  return [
    `Maria ${happens} on March 1, and the flow starts for her.`,
    againExample(settings, again),
    settings.oneFor === 'customer'
      ? 'While she is in it for one job, nothing starts for her other job.'
      : 'While she is in it for one job, it may start for her other job too.',
    exits.length === 0
      ? 'Once in, she stays to the end.'
      : `She leaves before its end as soon as ${listed}; nothing more is sent.`,
    `What happened more than ${countWords(settings.maxAgeHours, 'hour')} ago starts nothing.`,
  ];
}
