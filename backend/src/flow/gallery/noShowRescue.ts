import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { transactional } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, notifyTeam, when, whenAny, type GalleryFlow } from './galleryFlow.ts';

const stillScheduled = when({ field: 'job.jobStatus', operator: 'one_of', values: ['Scheduled'] });

export const noShowRescue: GalleryFlow = {
  key: 'no_show_rescue',
  name: 'No-Show Rescue',
  description:
    'When nobody was sent to a visit whose time is over, asks the team first, and a day later offers the customer a new time.',
  category: 'Service',
  references: [],
  reads: ['jobs', 'appointments'],
  graph: drawFlow({
    trigger: {
      on: 'appointment',
      hours: 4,
      direction: 'after',
      states: [2],
      connectionIds: [],
      where: stillScheduled,
    },
    settings: {
      oneFor: 'journey',
      exitWhen: when({ field: 'journey.state', operator: 'none_of', values: [2] }),
    },
    steps: [
      notifyTeam('ask_team', {
        subject: 'Was this visit missed? {{ customer.name }}, job {{ job.jobNumber }}',
        text: `
The visit of {{ customer.name }} was to be on {{ appointment.date }}, {{ appointment.window }}, and the job is still "Scheduled".

If it took place, please update the job in ServiceTitan. If it did not, move it: the customer is offered a new time tomorrow otherwise.`,
      }),
      {
        id: 'a_day',
        type: 'wait_event',
        data: {
          until: whenAny(
            { field: 'job.jobStatus', operator: 'none_of', values: ['Scheduled'] },
            { field: 'appointment.hoursUntil', operator: 'greater', value: 0 },
          ),
          amount: 1,
          unit: 'days',
        },
      },
      { id: 'settled', type: 'end', data: {} },
      transactional('offer_time', {
        subject: 'Let’s find a new time, {{ customer.firstName }}',
        body: `
Hi {{ customer.firstName }},

It looks like our visit did not happen as planned, and we are sorry for that. We would still like to help.

Reply with a day or two that work for you, mornings or afternoons, and you are first on our list. ${contactLine}

${signature}`,
      }),
    ],
    ways: [
      'trigger > ask_team',
      'ask_team > a_day',
      'a_day happened> settled',
      'a_day timed_out> offer_time',
    ],
  }),
  fixtures: [
    {
      name: 'Nobody went, and nobody moved it',
      state: 2,
      job: {},
      appointmentInHours: -4,
      expect: {
        messages: [{ day: 1, subject: 'Let’s find a new time, Testa' }],
        actions: [{ day: 0, action: 'chou_notify_team' }],
        status: 'done',
      },
    },
    {
      name: 'The office moves the visit the same evening',
      state: 2,
      job: {},
      appointmentInHours: -4,
      future: [{ type: 'appointment_set', afterHours: 3, startsAfterHours: 60 }],
      expect: { messages: [], actions: [{ day: 0, action: 'chou_notify_team' }], status: 'done' },
    },
  ],
};
