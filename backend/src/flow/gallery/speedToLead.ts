import { noConditions } from '../../schemas/conditions.ts';
import { drawFlow, notifyTeam, when, type GalleryFlow } from './galleryFlow.ts';

export const speedToLead: GalleryFlow = {
  key: 'speed_to_lead',
  name: 'Lead Without an Answer',
  description:
    'Tells the team when a lead is neither booked nor closed half an hour after it came, and after a day.',
  category: 'Sales',
  references: [],
  reads: ['leads'],
  graph: drawFlow({
    trigger: { on: 'lead_received', connectionIds: [], where: noConditions },
    settings: {
      oneFor: 'journey',
      exitWhen: when({ field: 'journey.state', operator: 'none_of', values: [1] }),
    },
    steps: [
      { id: 'half_an_hour', type: 'wait', data: { amount: 30, unit: 'minutes' } },
      notifyTeam('call_now', {
        subject: 'Waiting for a call: {{ customer.name }}',
        text: `
A lead has been open for half an hour. Whoever calls first is usually the one who is booked.

{{ customer.name }}, {{ customer.phone }}, {{ customer.email }}`,
      }),
      { id: 'a_day', type: 'wait', data: { amount: 1, unit: 'days' } },
      notifyTeam('still_open', {
        subject: 'Open since yesterday: {{ customer.name }}',
        text: `
Nobody has booked or closed this lead yet. {{ customer.name }}, {{ customer.phone }}`,
      }),
    ],
  }),
  fixtures: [
    {
      name: 'Nobody calls',
      state: 1,
      expect: {
        messages: [],
        actions: [
          { day: 0.02, action: 'chou_notify_team' },
          { day: 1.02, action: 'chou_notify_team' },
        ],
        status: 'done',
      },
    },
    {
      name: 'A visit is booked after two hours',
      state: 1,
      future: [{ type: 'state_entered', afterHours: 2, state: 2 }],
      expect: {
        messages: [],
        actions: [{ day: 0.02, action: 'chou_notify_team' }],
        status: 'ended',
        endedReason: 'goal',
      },
    },
  ],
};
