import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { deliverDueMessages } from '../dueWork.ts';
import { taskContext } from '../taskContext.ts';
import { messagesRequest } from './planDueWork.ts';
import { requestRuns } from './runRequests.ts';

/** Sends messages that are due, no more than `limit`. What the mail server does not take now is due again later. */
export const deliverMessages = schemaTask({
  id: 'deliver-messages',
  description: 'Sends e-mails that are due.',
  schema: z.object({ limit: z.int().min(1).max(10_000) }),
  concurrency: { total: 10 },
  maxDuration: 600,
  run: async ({ limit }, { ctx }) => {
    const done = await deliverDueMessages(await taskContext(), limit);
    // A run that did all that it may leaves more of it. What was put off waits for the schedule.
    if (done.sent + done.skipped + done.failed >= limit) await requestRuns([messagesRequest([ctx.run.id])]);
    return done;
  },
});
