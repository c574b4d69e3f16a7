import type { FlowGraph } from '#backend/schemas/flow.ts';
import {
  condition,
  end,
  goTo,
  graphOf,
  mail,
  split,
  trigger,
  wait,
  waitEvent,
  waitTime,
  withSettings,
} from '#test/unit/flow/graphs.ts';

const replied = { field: 'messages.replied', operator: 'exists' } as const;

/** Waits of each kind, a condition, a split, e-mails, an event or a time-out, and a circle through a wait. */
export const flowOfBench: FlowGraph = withSettings(
  graphOf(
    [
      trigger(3),
      split('half', 50, 50),
      wait('some_days', 3),
      waitTime('tuesday', { time: '09:00', weekdays: ['tuesday', 'friday'] }),
      mail('first', { subject: 'Hello, {{ customer.firstName }}' }),
      waitEvent('reply', replied, 10),
      mail('thanks', { subject: 'Thank you' }),
      condition('seven', { field: 'contact.name', operator: 'contains', value: '7' }),
      mail('second', { subject: 'Still there?' }),
      wait('a_week', 1, 'weeks'),
      mail('again', { subject: 'Again' }),
      condition('enough', { field: 'messages.sent', operator: 'greater', value: 5 }),
      goTo('round', 'a_week'),
      end('over'),
    ],
    'trigger > half',
    'half a> some_days',
    'half b> tuesday',
    'some_days > first',
    'tuesday > first',
    'first > reply',
    'reply happened> thanks',
    'reply timed_out> seven',
    'seven yes> second',
    'seven no> a_week',
    'second > a_week',
    'a_week > again',
    'again > enough',
    'enough yes> over',
    'enough no> round',
  ),
  { oneFor: 'journey', exitOnUnsubscribe: true },
);
