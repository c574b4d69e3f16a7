import { contactLine, signature } from './contactLine.ts';
import { graceHour, lifecycleFlow, marketing, waitDays } from './lifecycleFlow.ts';

export const sorryWeMissedYou = lifecycleFlow(
  {
    templateKey: 'sorry_we_missed_you',
    name: 'Sorry We Missed You',
    description: 'Invites a customer whose sales visit was canceled to pick a new time.',
    triggerState: 2.5,
  },
  [
    graceHour,
    marketing('sorry', {
      subject: 'Sorry we missed you, {{ customer.firstName }}',
      body: `
Hi {{ customer.firstName }},

Your visit was canceled, and we are sorry that we did not get to meet you this time.

If you would still like our help, picking a new time takes a minute. ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_2' },
    marketing('day_2', {
      subject: 'Would another day suit you better?',
      body: `
Hi {{ customer.firstName }},

Life gets busy. We have mornings and afternoons open and are happy to plan around you.

Which day would suit you? ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_4' },
    marketing('day_4', {
      subject: 'Your visit is one reply away',
      body: `
Hi {{ customer.firstName }},

We do not want to crowd your inbox, so this is our last note about the visit. Your request stays with us: send a reply at any time and we will take it from there.

${contactLine}

${signature}`,
    }),
  ],
);
