import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { deriveConnection } from '../serviceTitanSync.ts';
import { taskContext } from '../taskContext.ts';
import { connectionQueue, onePerConnection } from './connectionQueue.ts';
import { stepsRequest } from './planDueWork.ts';
import { requestRuns } from './runRequests.ts';

/** Derives the journeys that a connection's reads touched; the flows that this starts go on at once. */
export const serviceTitanDerive = schemaTask({
  id: 'servicetitan-derive',
  description: 'Derives what changed for the customers of one connection, and starts and ends flows.',
  schema: z.object({ connectionId: z.uuid() }),
  queue: connectionQueue,
  concurrency: onePerConnection,
  maxDuration: 1800,
  run: async (payload, { ctx }) => {
    const derived = await deriveConnection(await taskContext(), payload);
    if (derived.runsStarted > 0) await requestRuns([stepsRequest([ctx.run.id])]);
    return derived;
  },
});
