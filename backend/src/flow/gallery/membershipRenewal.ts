import { contactLine, signature } from '../lifecycle/contactLine.ts';
import { marketing, waitDays } from '../lifecycle/lifecycleFlow.ts';
import { drawFlow, whenAny, type GalleryFlow } from './galleryFlow.ts';

const tag = { kind: 'tag_types', id: 'member', name: 'Member' } as const;

export const membershipRenewal: GalleryFlow = {
  key: 'membership_renewal',
  name: 'Membership Renewal',
  description:
    'Reminds members a month before their year is over. Members are known by a tag of the customer or the job in ServiceTitan.',
  category: 'Service',
  references: [tag],
  reads: ['jobs', 'customers'],
  graph: drawFlow({
    trigger: {
      on: 'state_changed',
      states: [6],
      connectionIds: [],
      where: whenAny(
        { field: 'contact.tags', operator: 'one_of', values: [tag.id] },
        { field: 'job.tags', operator: 'one_of', values: [tag.id] },
      ),
    },
    settings: { oneFor: 'customer', exitOnLeave: false, exitOnUnsubscribe: true, exitOnReply: true },
    steps: [
      { id: 'eleven_months', type: 'wait', data: { amount: 335, unit: 'days' } },
      {
        id: 'morning',
        type: 'wait_time',
        data: {
          time: '09:00',
          weekdays: ['monday', 'tuesday', 'wednesday', 'thursday', 'friday'],
          spreadMinutes: 60,
        },
      },
      marketing('month_before', {
        subject: 'Your membership: one month to go',
        body: `
Hi {{ customer.firstName }},

Your membership year with {{ workspace.name }} ends in about a month. Renewing keeps your priority scheduling, your member pricing and your yearly check-up.

A short reply is enough, and we will take care of it. ${contactLine}

${signature}`,
      }),
      { ...waitDays(21), id: 'three_weeks' },
      marketing('week_before', {
        subject: 'Keep your member benefits',
        body: `
Hi {{ customer.firstName }},

There is about a week left in your membership year. If you would like to stay a member, just tell us, and nothing changes for you.

And if you would rather not, we would be glad to hear what would have made it worth it. ${contactLine}

${signature}`,
      }),
    ],
  }),
  fixtures: [
    {
      name: 'A member',
      mapping: { 'tag_types:member': 700 },
      state: 6,
      customer: { tagIds: [700] },
      job: { jobStatus: 'Completed' },
      days: 400,
      expect: {
        messages: [
          { day: 336, subject: 'Your membership: one month to go' },
          { day: 357, subject: 'Keep your member benefits' },
        ],
        status: 'done',
      },
    },
    {
      name: 'Somebody who is no member',
      mapping: { 'tag_types:member': 700 },
      state: 6,
      job: { jobStatus: 'Completed' },
      expect: { messages: [], status: 'ended', endedReason: 'not_matched' },
    },
  ],
};
