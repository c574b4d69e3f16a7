import {
  IconArrowsSplit2,
  IconCalendarTime,
  IconCircleCheck,
  IconClockHour4,
  IconMail,
  IconPlayerPlay,
  IconPlug,
  type Icon,
} from '@tabler/icons-react';
import type { NodeType } from '#backend/schemas/flow.ts';
import type { NodeValues } from './builderGraph.ts';

interface NodeKind {
  title: string;
  description: string;
  icon: Icon;
  /** What a new node of the kind begins with. */
  initial: NodeValues;
}

/** What every kind of node is called and looks like. */
export const nodeKinds = {
  trigger: {
    title: 'Customer state changed',
    description: 'Where the flow begins',
    icon: IconPlayerPlay,
    initial: { state: 1 },
  },
  send_email: {
    title: 'Send an e-mail',
    description: 'To the customer’s best address',
    icon: IconMail,
    initial: { subject: '', body: '', class: 'transactional' },
  },
  wait: {
    title: 'Wait',
    description: 'For minutes, hours or days',
    icon: IconClockHour4,
    initial: { amount: 1, unit: 'days' },
  },
  wait_until: {
    title: 'Wait for the appointment',
    description: 'Until hours before or after it',
    icon: IconCalendarTime,
    initial: { hours: 24, direction: 'before', whenPast: 'end' },
  },
  condition: {
    title: 'Condition',
    description: 'Goes one of two ways',
    icon: IconArrowsSplit2,
    initial: { field: 'appointment.exists', operator: 'exists' },
  },
  action: {
    title: 'Action',
    description: 'Does something in a connected product',
    icon: IconPlug,
    initial: { actionId: '', input: {} },
  },
  end: { title: 'End', description: 'The flow is done', icon: IconCircleCheck, initial: {} },
} as const satisfies Record<NodeType, NodeKind>;
