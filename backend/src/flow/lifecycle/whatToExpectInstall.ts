import { contactLine, signature } from './contactLine.ts';
import { dayBeforeVisit, lifecycleFlow, transactional } from './lifecycleFlow.ts';

export const whatToExpectInstall = lifecycleFlow(
  {
    templateKey: 'what_to_expect_install',
    name: 'What to Expect: Install',
    description: 'Confirms the installation, helps to prepare for it, and reminds the day before.',
    triggerState: 5,
  },
  [
    transactional('confirmation', {
      subject:
        '{% if appointment.date != "" %}Your installation on {{ appointment.date }}{% else %}Your installation is booked{% endif %}',
      body: `
Hi {{ customer.firstName }},

Your installation is on our calendar. {% if appointment.date != "" %}Our crew arrives on {{ appointment.date }}, {{ appointment.window }}.{% else %}We will let you know the exact time shortly.{% endif %}

To make the day easy: please clear the way to the work area, keep pets in another room, and have somebody of age at home when we start and when we finish. We protect floors, clean up, and show you how everything works before we leave.

Need to change something? ${contactLine}

${signature}`,
    }),
    dayBeforeVisit,
    transactional('reminder', {
      subject:
        '{% if appointment.date != "" %}We install on {{ appointment.date }} at {{ appointment.time }}{% else %}Your installation is coming up{% endif %}',
      body: `
Hi {{ customer.firstName }},

Our crew will be with you {% if appointment.date != "" %}on {{ appointment.date }}, {{ appointment.window }}{% else %}soon{% endif %}.

A last check: is the way to the work area clear, and will somebody be at home? If anything has changed, please tell us today. ${contactLine}

${signature}`,
    }),
  ],
);
