import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { marketing, waitDays } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, notifyTeam, when, type GalleryFlow } from './galleryFlow.ts';

export const largeEstimate: GalleryFlow = {
  key: 'large_estimate',
  name: 'Large Unsold Estimate',
  description:
    'Tells the team when estimates of more than $10,000 are still open after a day, and again when a week has passed.',
  category: 'Sales',
  references: [],
  reads: ['estimates'],
  graph: drawFlow({
    trigger: {
      on: 'state_changed',
      states: [3],
      connectionIds: [],
      where: when({ field: 'estimate.openTotal', operator: 'greater', value: 10_000 }),
    },
    steps: [
      waitDays(1),
      notifyTeam('tell_team', {
        subject: 'Open estimate of {{ estimate.openTotal }}: {{ customer.name }}',
        text: `
{{ customer.name }} has {{ estimate.openTotal }} in open estimates since yesterday (job {{ job.jobNumber }}).

A personal call within two days helps most. Phone: {{ customer.phone }}. E-mail: {{ customer.email }}.`,
      }),
      {
        id: 'a_week',
        type: 'wait_event',
        data: {
          until: when({ field: 'estimate.soldTotal', operator: 'greater', value: 0 }),
          amount: 6,
          unit: 'days',
        },
      },
      { id: 'sold', type: 'end', data: {} },
      marketing('offer_call', {
        subject: 'May we walk you through it once more?',
        body: `
Hi {{ customer.firstName }},

A project of this size deserves a second look. If you like, somebody from our team goes through the options with you on the phone: what is included, what could wait, and how to spread the cost.

When would be a good time to call? ${contactLine}

${signature}`,
      }),
      notifyTeam('tell_team_again', {
        subject: 'Still open: {{ customer.name }}, {{ estimate.openTotal }}',
        text: `
A week has passed, and nothing is sold (job {{ job.jobNumber }}). The customer was just asked for a time to call.`,
      }),
    ],
    ways: [
      'trigger > wait_1_days',
      'wait_1_days > tell_team',
      'tell_team > a_week',
      'a_week happened> sold',
      'a_week timed_out> offer_call',
      'offer_call > tell_team_again',
    ],
  }),
  fixtures: [
    {
      name: 'A large estimate stays open',
      state: 3,
      job: {},
      estimates: [{ total: 14_500 }],
      expect: {
        messages: [{ day: 7, subject: 'May we walk you through it once more?' }],
        actions: [
          { day: 1, action: 'chou_notify_team' },
          { day: 7, action: 'chou_notify_team' },
        ],
        status: 'done',
      },
    },
    {
      name: 'It is sold on day 3',
      state: 3,
      job: {},
      estimates: [{ total: 14_500 }],
      future: [{ type: 'estimate_sold', afterHours: 72 }],
      expect: {
        messages: [],
        actions: [{ day: 1, action: 'chou_notify_team' }],
        status: 'ended',
        endedReason: 'left_state',
      },
    },
    {
      name: 'A small estimate',
      state: 3,
      estimates: [{ total: 900 }],
      expect: { messages: [], status: 'ended', endedReason: 'not_matched' },
    },
  ],
};
