import { contactLine, signature } from './contactLine.ts';
import { lifecycleFlow, transactional, waitDays } from './lifecycleFlow.ts';

export const scheduleTheInstall = lifecycleFlow(
  {
    templateKey: 'schedule_the_install',
    name: 'Schedule the Install',
    description: 'Thanks for the order and gets the installation on the calendar.',
    triggerState: 4,
  },
  [
    transactional('thank_you', {
      subject: 'Thank you! Next: your installation date',
      body: `
Hi {{ customer.firstName }},

Thank you for choosing {{ workspace.name }}. We are glad to do this for you.

Now we need a day for the installation. Tell us which days suit you in the coming weeks, and whether there is anything we should plan for, such as pets, parking or gate codes.

${contactLine}

${signature}`,
    }),
    waitDays(2),
    transactional('day_2', {
      subject: 'Which day suits you for the installation?',
      body: `
Hi {{ customer.firstName }},

Everything is ready on our side except the date. The sooner we have it, the more days you can choose from.

Which one would you like? ${contactLine}

${signature}`,
    }),
  ],
);
