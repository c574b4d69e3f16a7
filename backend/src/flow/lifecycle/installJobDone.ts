import { contactLine, signature } from './contactLine.ts';
import { lifecycleFlow, marketing, transactional, waitDays } from './lifecycleFlow.ts';

export const installJobDone = lifecycleFlow(
  {
    templateKey: 'install_job_done',
    name: 'Install Job Done',
    description: 'Thanks after the installation and asks for a review two days later.',
    triggerState: 6,
  },
  [
    transactional('thank_you', {
      subject: 'Your installation is complete. Thank you!',
      body: `
Hi {{ customer.firstName }},

Our crew has finished, and we hope that you enjoy the result for many years. Thank you for trusting us with your home.

Please keep this e-mail: should anything not work as it should, we want to know right away. ${contactLine}

${signature}`,
    }),
    waitDays(2),
    marketing('review_request', {
      subject: 'How did we do, {{ customer.firstName }}?',
      body: `
Hi {{ customer.firstName }},

You have lived with our work for a couple of days now. How is it?

{% if workspace.reviewUrl != "" %}If you are happy, a short review helps your neighbors find us and makes our crew's day:

[Leave a review]({{ workspace.reviewUrl }})

And if anything is not right, please tell us first. {% else %}We would love to hear what you liked and what we could do better. {% endif %}${contactLine}

${signature}`,
    }),
  ],
);
