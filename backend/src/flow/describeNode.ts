import type { FlowNode } from '../schemas/flow.ts';
import { stateTitles } from '../schemas/state.ts';

const fieldTitles = {
  'contact.email': 'the e-mail address',
  'journey.state': 'the state',
  'job.total': 'the job total',
  'job.jobStatus': 'the job status',
  'appointment.exists': 'an appointment',
  'estimate.total': 'the estimate total',
  'estimate.count': 'the number of estimates',
} as const;

const operatorTitles = {
  equals: 'is',
  not_equals: 'is not',
  greater: 'is above',
  less: 'is below',
  exists: 'is known',
  not_exists: 'is not known',
} as const;

/** A node in one short sentence; `actionTitle` names an action, by default from its id. */
export function describeNode(
  node: FlowNode,
  actionTitle: (actionId: string) => string = titleFromId,
): string {
  switch (node.type) {
    case 'trigger':
      return `When a customer enters "${stateTitles[node.data.state]}"`;
    case 'send_email':
      return `Send "${node.data.subject}"`;
    case 'wait':
      return `Wait ${count(node.data.amount, node.data.unit.slice(0, -1))}`;
    case 'wait_until':
      return `Wait until ${node.data.hours} h ${node.data.direction} the appointment`;
    case 'condition': {
      const { field, operator, value } = node.data;
      return `If ${fieldTitles[field]} ${operatorTitles[operator]}${value === undefined ? '' : ` ${value}`}`;
    }
    case 'action':
      return actionTitle(node.data.actionId);
    case 'end':
      break;
  }
  return 'End';
}

function count(amount: number, unit: string): string {
  return `${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

function titleFromId(actionId: string): string {
  const words = actionId.replace(/^servicetitan_/, '').replaceAll('_', ' ');
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
