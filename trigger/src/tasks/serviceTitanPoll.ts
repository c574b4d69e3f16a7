import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { listReadPositions, readName } from '#backend/repositories/readPositionRepository.ts';
import { syncResources } from '#backend/services/readOrder.ts';
import { syncConnection } from '../serviceTitanSync.ts';
import { taskContext } from '../taskContext.ts';
import { onePerConnection } from './connectionQueue.ts';
import { stepsRequest } from './planDueWork.ts';
import { backfillRequest } from './planReads.ts';
import { requestRuns } from './runRequests.ts';

/**
 * A poll that somebody waits for: the reads of what is new and the derivation after them, in one run. First passes and
 * full ones are asked for as the runs that the schedule would ask for.
 */
export const serviceTitanPoll = schemaTask({
  id: 'servicetitan-poll',
  description: 'Polls one connection now, because somebody or a webhook asked for it.',
  schema: z.object({
    connectionId: z.uuid(),
    source: z.enum(['poll', 'webhook', 'manual']),
    resources: z.array(z.enum(syncResources)).optional(),
  }),
  concurrency: onePerConnection,
  ttl: '10m',
  maxDuration: 1800,
  run: async ({ connectionId, source, resources }, { ctx, signal }) => {
    const context = await taskContext();
    const options = { resources, signal, leavesLong: true };
    const { status, error, derived, left } = await syncConnection(context, connectionId, source, options);
    const positions = await listReadPositions(context.database, left.length > 0 ? [connectionId] : []);
    await requestRuns([
      ...(derived.runsStarted > 0 ? [stepsRequest([ctx.run.id])] : []),
      ...left.map((read) =>
        backfillRequest(
          read,
          positions.get(readName(read)) ?? '',
          // Only a person's wish counts for more than a back-off.
          read.isForced && source === 'manual' ? ctx.run.id : undefined,
        ),
      ),
    ]);
    return { status, error, derived };
  },
});
