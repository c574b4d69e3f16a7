import { contactLine, signature } from './contactLine.ts';
import { backToContact, lifecycleFlow, marketing, waitDays } from './lifecycleFlow.ts';

export const emailFollowup = lifecycleFlow(
  {
    templateKey: 'email_followup',
    name: 'Email Followup',
    description: 'Answers a new lead at once and stays in touch until a visit is booked.',
    triggerState: 1,
  },
  [
    marketing('thank_you', {
      subject: 'Thanks for reaching out to {{ workspace.name }}',
      body: `
Hi {{ customer.firstName }},

Thank you for getting in touch. We have your request and would love to help.

The next step is a short visit, so that we can see what you need and give you a clear price. ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_2' },
    marketing('day_2', {
      subject: 'Shall we find a time, {{ customer.firstName }}?',
      body: `
Hi {{ customer.firstName }},

We wanted to make sure your request did not get lost. We still have openings this week, and a visit usually takes less than an hour.

Tell us which days suit you best and we will work around you. ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_4' },
    marketing('day_4', {
      subject: 'Questions before you book?',
      body: `
Hi {{ customer.firstName }},

Choosing who to let into your home is a real decision. If there is anything you would like to know first, such as prices, timing or how we work, please ask. A real person answers.

${contactLine}

${signature}`,
    }),
    { ...waitDays(16), id: 'wait_until_day_20' },
    marketing('day_20', {
      subject: 'We are here when you are ready',
      body: `
Hi {{ customer.firstName }},

Plans change, and that is fine. This is our last note for now.

Whenever the time is right, we will be glad to help. ${contactLine}

${signature}`,
    }),
    { ...waitDays(70), id: 'wait_until_day_90' },
    backToContact('No visit was booked within 90 days.'),
  ],
);
