import { noConditions } from '../../schemas/conditions.ts';
import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { marketing } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, when, type GalleryFlow } from './galleryFlow.ts';

export const maintenanceReminder: GalleryFlow = {
  key: 'maintenance_reminder',
  name: 'Maintenance Reminder',
  description: 'Invites to a tune-up a year after an installation, unless a visit is booked already.',
  category: 'Service',
  references: [],
  reads: ['jobs', 'appointments'],
  graph: drawFlow({
    trigger: { on: 'state_changed', states: [6], connectionIds: [], where: noConditions },
    settings: {
      oneFor: 'journey',
      // After some months the journey goes back to contact: the year is not over by that.
      exitOnLeave: false,
      exitOnUnsubscribe: true,
      exitWhen: when({ field: 'appointment.exists', operator: 'exists' }),
    },
    steps: [
      { id: 'almost_a_year', type: 'wait', data: { amount: 350, unit: 'days' } },
      {
        id: 'tuesday_morning',
        type: 'wait_time',
        data: { time: '10:00', weekdays: ['tuesday'], spreadMinutes: 60 },
      },
      marketing('invite', {
        subject: 'Your system turns one: time for a tune-up',
        body: `
Hi {{ customer.firstName }},

It has been almost a year since we finished your installation. A yearly tune-up keeps it efficient and quiet, catches small things early, and many manufacturers ask for it to keep the warranty.

It takes about an hour. Which day would suit you? ${contactLine}

${signature}`,
      }),
      { id: 'two_weeks', type: 'wait', data: { amount: 2, unit: 'weeks' } },
      marketing('remind', {
        subject: 'Still time for this year’s tune-up',
        body: `
Hi {{ customer.firstName }},

We kept a few places open for customers who had us install their system. Reply with a day that works, and we will do the rest.

${contactLine}

${signature}`,
      }),
    ],
  }),
  fixtures: [
    {
      name: 'Nothing is booked within the year',
      state: 6,
      job: { jobStatus: 'Completed' },
      days: 400,
      future: [{ type: 'state_entered', afterHours: 90 * 24, state: 0 }],
      expect: {
        messages: [
          { day: 351.06, subject: 'Your system turns one: time for a tune-up' },
          { day: 365.06, subject: 'Still time for this year’s tune-up' },
        ],
        status: 'done',
      },
    },
    {
      name: 'A visit is booked after the first e-mail',
      state: 6,
      job: { jobStatus: 'Completed' },
      days: 400,
      future: [{ type: 'appointment_set', afterHours: 355 * 24, startsAfterHours: 370 * 24 }],
      expect: {
        messages: [{ day: 351.06, subject: 'Your system turns one: time for a tune-up' }],
        status: 'ended',
        endedReason: 'goal',
      },
    },
  ],
};
