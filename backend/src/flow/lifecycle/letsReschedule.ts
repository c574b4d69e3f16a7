import { contactLine, signature } from './contactLine.ts';
import { graceHour, lifecycleFlow, marketing, waitDays } from './lifecycleFlow.ts';

export const letsReschedule = lifecycleFlow(
  {
    templateKey: 'lets_reschedule',
    name: "Let's Reschedule",
    description: 'Helps a customer whose installation was canceled to find a new date.',
    triggerState: 5.5,
  },
  [
    graceHour,
    marketing('sorry', {
      subject: "Let's find a new date for your installation",
      body: `
Hi {{ customer.firstName }},

Your installation was canceled. If only the date was the trouble, we will gladly find another one: your order and everything we agreed on are still on file.

${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_2' },
    marketing('day_2', {
      subject: 'Pick the day that works for you',
      body: `
Hi {{ customer.firstName }},

We are planning the coming weeks and would like to keep a place for you. Which days work?

And if something about the job itself gave you pause, please tell us. We would rather put it right. ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_4' },
    marketing('day_4', {
      subject: 'Still here to finish what we started',
      body: `
Hi {{ customer.firstName }},

This is our last note about the installation for now. Whenever you are ready, a short reply is enough to put it back on the calendar.

${contactLine}

${signature}`,
    }),
  ],
);
