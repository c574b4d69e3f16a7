import { contactLine, signature } from './contactLine.ts';
import { backToContact, lifecycleFlow, marketing, waitDays } from './lifecycleFlow.ts';

export const unsoldEstimates = lifecycleFlow(
  {
    templateKey: 'unsold_estimates',
    name: 'Unsold Estimates',
    description: 'Follows up on estimates that are still open after the visit.',
    triggerState: 3,
  },
  [
    { ...waitDays(2), id: 'wait_until_day_2' },
    marketing('day_2', {
      subject: 'Any questions about your estimate?',
      body: `
Hi {{ customer.firstName }},

Thank you for having us over. You have {% if estimate.count > 1 %}{{ estimate.count }} options{% else %}our estimate{% endif %} in hand{% if estimate.count == 1 and estimate.name != "" %} ("{{ estimate.name }}"{% if estimate.total != "" %}, {{ estimate.total }}{% endif %}){% endif %}, and perhaps a question or two.

Ask us anything: what is included, how long it takes, how to pay over time. ${contactLine}

${signature}`,
    }),
    { ...waitDays(2), id: 'wait_until_day_4' },
    marketing('day_4', {
      subject: 'Can we make the decision easier?',
      body: `
Hi {{ customer.firstName }},

If the estimate is close but not quite right, tell us. Often there is another way to do it, in steps, with other equipment, or at another time.

${contactLine}

${signature}`,
    }),
    { ...waitDays(16), id: 'wait_until_day_20' },
    marketing('day_20', {
      subject: 'Your estimate is still here',
      body: `
Hi {{ customer.firstName }},

We kept your estimate on file. Should you want to go ahead, one short reply is enough, and we will check that everything in it is still current.

${contactLine}

${signature}`,
    }),
    { ...waitDays(70), id: 'wait_until_day_90' },
    backToContact('The estimates were not sold within 90 days.'),
  ],
);
