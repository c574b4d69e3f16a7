import { noConditions } from '../../schemas/conditions.ts';
import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { marketing } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, whenAny, type GalleryFlow } from './galleryFlow.ts';

export const winBack: GalleryFlow = {
  key: 'win_back',
  name: 'Win-Back',
  description:
    'Writes once more, two years after the last installation, to customers who have not been back.',
  category: 'Sales',
  references: [],
  reads: ['jobs', 'appointments'],
  graph: drawFlow({
    trigger: { on: 'state_changed', states: [6], connectionIds: [], where: noConditions },
    settings: {
      oneFor: 'journey',
      exitOnLeave: false,
      exitOnUnsubscribe: true,
      exitOnReply: true,
      exitWhen: whenAny(
        { field: 'appointment.exists', operator: 'exists' },
        { field: 'journey.state', operator: 'one_of', values: [1, 2, 2.5, 3, 4, 5, 5.5] },
      ),
    },
    steps: [
      { id: 'two_years', type: 'wait', data: { amount: 730, unit: 'days' } },
      {
        id: 'midweek',
        type: 'wait_time',
        data: { time: '10:30', weekdays: ['tuesday', 'wednesday', 'thursday'], spreadMinutes: 120 },
      },
      marketing('hello_again', {
        subject: 'It has been a while, {{ customer.firstName }}',
        body: `
Hi {{ customer.firstName }},

Two years ago we had the pleasure of working in your home. We hope that everything still runs the way it should.

If there is a next project on your list, large or small, we would be glad to take a look: no obligation, and you know who is coming. ${contactLine}

${signature}`,
      }),
      { id: 'ten_days', type: 'wait', data: { amount: 10, unit: 'days' } },
      marketing('last_note', {
        subject: 'Anything we can take off your list?',
        body: `
Hi {{ customer.firstName }},

Just one more note from us. A second opinion, a check-up, a quote for later: reply with a line, and somebody from our team gets back to you.

${contactLine}

${signature}`,
      }),
    ],
  }),
  fixtures: [
    {
      name: 'Two quiet years',
      state: 6,
      job: { jobStatus: 'Completed' },
      days: 800,
      future: [{ type: 'state_entered', afterHours: 90 * 24, state: 0 }],
      expect: {
        messages: [
          { day: 730.06, subject: 'It has been a while, Testa' },
          { day: 740.06, subject: 'Anything we can take off your list?' },
        ],
        status: 'done',
      },
    },
    {
      name: 'The customer is back after a year',
      state: 6,
      job: { jobStatus: 'Completed' },
      days: 800,
      future: [{ type: 'appointment_set', afterHours: 400 * 24, startsAfterHours: 405 * 24 }],
      expect: { messages: [], status: 'ended', endedReason: 'goal' },
    },
  ],
};
