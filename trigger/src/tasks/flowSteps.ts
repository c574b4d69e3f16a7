import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { runDueSteps } from '../dueWork.ts';
import { taskContext } from '../taskContext.ts';
import { messagesRequest, stepsPerRun, stepsRequest } from './planDueWork.ts';
import { requestRuns } from './runRequests.ts';

/** Does steps of flows that are due, no more than `limit`; the messages that they queue are sent by runs of their own. */
export const flowSteps = schemaTask({
  id: 'flow-steps',
  description: 'Does steps of flows that are due.',
  schema: z.object({ limit: z.int().min(1).max(10_000).default(stepsPerRun) }),
  concurrency: { total: 10 },
  maxDuration: 600,
  run: async ({ limit }, { ctx }) => {
    const done = await runDueSteps(await taskContext(), limit);
    await requestRuns([
      ...(done.messagesQueued > 0 ? [messagesRequest([ctx.run.id])] : []),
      // A run that did all that it may leaves more of it, or what follows from it.
      ...(done.steps >= limit ? [stepsRequest([ctx.run.id])] : []),
    ]);
    return done;
  },
});
