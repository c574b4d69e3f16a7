import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { marketing } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, when, type GalleryFlow } from './galleryFlow.ts';

const isDone = when(
  { field: 'job.jobStatus', operator: 'one_of', values: ['Completed'] },
  { field: 'estimate.soldTotal', operator: 'greater', value: 0 },
);

export const reviewRequest: GalleryFlow = {
  key: 'review_request',
  name: 'Review Request',
  description:
    'Asks for a review the morning after a job was completed for which something was sold; nobody is asked twice in half a year.',
  category: 'Service',
  references: [],
  reads: ['jobs', 'appointments', 'estimates'],
  graph: drawFlow({
    trigger: {
      on: 'appointment',
      hours: 12,
      direction: 'after',
      states: [],
      connectionIds: [],
      where: isDone,
    },
    settings: { again: 'after_days', againAfterDays: 180, exitOnUnsubscribe: true, exitOnReply: true },
    steps: [
      { id: 'morning', type: 'wait_time', data: { time: '09:30', weekdays: [], spreadMinutes: 0 } },
      marketing('ask', {
        subject: 'How was your visit, {{ customer.firstName }}?',
        body: `
Hi {{ customer.firstName }},

Thank you for having us. We hope that everything works just the way you wanted.

{% if workspace.reviewUrl != "" %}Would you tell others how it went? It takes a minute, and it means a lot to the people who did the work:

[Write a short review]({{ workspace.reviewUrl }})

{% endif %}If something is not right, tell us first and we will make it right. ${contactLine}

${signature}`,
      }),
      { id: 'five_days', type: 'wait', data: { amount: 5, unit: 'days' } },
      marketing('ask_again', {
        subject: 'One minute for us?',
        body: `
Hi {{ customer.firstName }},

A quick reminder, and the only one: a few words about our work would help your neighbors find somebody they can trust.

{% if workspace.reviewUrl != "" %}[Write a short review]({{ workspace.reviewUrl }})

{% endif %}Thank you!

${signature}`,
      }),
    ],
  }),
  fixtures: [
    {
      name: 'A completed job',
      state: 6,
      start: '2026-03-03T05:00:00Z',
      job: { jobStatus: 'Completed', total: 4200 },
      estimates: [{ status: 'Sold', total: 4200 }],
      expect: {
        messages: [
          { day: 0.52, subject: 'How was your visit, Testa?', says: 'Write a short review' },
          { day: 5.52, subject: 'One minute for us?' },
        ],
        status: 'done',
      },
    },
    {
      name: 'A visit after which nothing was sold',
      state: 3,
      job: { jobStatus: 'Completed' },
      expect: { messages: [], status: 'ended', endedReason: 'not_matched' },
    },
  ],
};
