import { nodeDataSchemas, type NodeType } from '#backend/schemas/flow.ts';
import { stateTitles } from '#backend/schemas/state.ts';
import { countOf } from '../../money.ts';
import type { NodeValues } from './builderGraph.ts';
import { templateWords } from './templateWords.ts';

const fieldWords = {
  'contact.email': 'E-mail address',
  'journey.state': 'State',
  'job.total': 'Job total',
  'job.jobStatus': 'Job status',
  'appointment.exists': 'Appointment',
  'estimate.total': 'Estimate total',
  'estimate.count': 'Number of estimates',
} as const;

const operatorWords = {
  equals: 'is',
  not_equals: 'is not',
  greater: 'is greater than',
  less: 'is less than',
  exists: 'exists',
  not_exists: 'does not exist',
} as const;

/** Names for the values of choices, where the value alone does not read well. */
export const choiceNames: Record<string, Record<string, string>> = {
  'trigger.state': Object.fromEntries(Object.entries(stateTitles)),
  'condition.field': fieldWords,
  'condition.operator': operatorWords,
  'send_email.class': { transactional: 'Service (about a visit or job)', marketing: 'Marketing' },
  'wait_until.direction': { before: 'Before', after: 'After' },
  'wait_until.whenPast': { end: 'End the flow', continue: 'Go on at once' },
  'wait.unit': { minutes: 'Minutes', hours: 'Hours', days: 'Days' },
};

const unfinished = 'Not set up yet';

/** What a node does, in one line. */
export function nodeSummary(type: NodeType, values: NodeValues): string {
  switch (type) {
    case 'trigger': {
      const { data } = nodeDataSchemas.trigger.safeParse(values);
      return data ? `When it becomes: ${stateTitles[data.state]}` : unfinished;
    }
    case 'send_email': {
      const { subject } = values;
      return typeof subject === 'string' && subject.trim() ? templateWords(subject) : unfinished;
    }
    case 'wait': {
      const { data } = nodeDataSchemas.wait.safeParse(values);
      return data ? countOf(data.amount, data.unit.slice(0, -1)) : unfinished;
    }
    case 'wait_until': {
      const { data } = nodeDataSchemas.wait_until.safeParse(values);
      return data ? `Until ${countOf(data.hours, 'hour')} ${data.direction} it` : unfinished;
    }
    case 'condition': {
      const { data } = nodeDataSchemas.condition.safeParse(values);
      if (!data) return unfinished;
      const value =
        data.operator === 'exists' || data.operator === 'not_exists' ? '' : ` ${data.value ?? '…'}`;
      return `${fieldWords[data.field]} ${operatorWords[data.operator]}${value}`;
    }
    case 'action':
      return 'Does something in a connected product';
    case 'end':
      return 'The flow is done';
  }
}
