import { contactLine, signature } from './contactLine.ts';
import { dayBeforeVisit, lifecycleFlow, transactional } from './lifecycleFlow.ts';

export const whatToExpect = lifecycleFlow(
  {
    templateKey: 'what_to_expect',
    name: 'What to Expect',
    description: 'Confirms a booked sales visit, says how it goes, and reminds the day before.',
    triggerState: 2,
  },
  [
    transactional('confirmation', {
      subject:
        '{% if appointment.date != "" %}Your visit on {{ appointment.date }}: what to expect{% else %}Your visit: what to expect{% endif %}',
      body: `
Hi {{ customer.firstName }},

Your visit is booked. {% if appointment.date != "" %}We look forward to seeing you on {{ appointment.date }}, {{ appointment.window }}.{% else %}We will let you know the exact time shortly.{% endif %}

Here is how it goes: we have a good look at the place, listen to what you have in mind, and go through your options together. You get a clear price in writing, and there is no obligation.

It helps if the work area is easy to reach and if everybody who decides can be there.

Need another time? ${contactLine}

${signature}`,
    }),
    dayBeforeVisit,
    transactional('reminder', {
      subject:
        '{% if appointment.date != "" %}See you on {{ appointment.date }} at {{ appointment.time }}{% else %}See you soon{% endif %}',
      body: `
Hi {{ customer.firstName }},

A short reminder: we will be with you {% if appointment.date != "" %}on {{ appointment.date }}, {{ appointment.window }}{% else %}soon{% endif %}.

If something has come up, please tell us and we will find another time. ${contactLine}

${signature}`,
    }),
  ],
);
