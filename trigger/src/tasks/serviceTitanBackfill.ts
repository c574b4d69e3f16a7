import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { listReadPositions, readName } from '#backend/repositories/readPositionRepository.ts';
import { syncResources } from '#backend/services/readOrder.ts';
import { readResource } from '../serviceTitanSync.ts';
import { taskContext } from '../taskContext.ts';
import { backfillRequest, deriveRequest } from './planReads.ts';
import { decideTaskRetry } from './retryDecision.ts';
import { requestRuns } from './runRequests.ts';
import { settleRead } from './settleRead.ts';

const maxSeconds = 1800;
/** What the page under way may still take when the time is over, with its retries. */
const marginSeconds = 420;

const backfillPayload = z.object({
  connectionId: z.uuid(),
  resource: z.enum(syncResources),
  path: z.enum(['feed', 'full']),
  /** Where the pass stood when this was asked for; empty: not begun. */
  position: z.string(),
  isForced: z.boolean().default(false),
});

/**
 * Reads all of a resource, as far as one run gets, and asks for the next run to go on there. A run that was asked for at
 * another place has been overtaken, and leaves the work to the one that did. At the end of the pass its records are derived.
 */
export const serviceTitanBackfill = schemaTask({
  id: 'servicetitan-backfill',
  description: 'Reads all of one resource of one connection, in runs that follow one another.',
  schema: backfillPayload,
  // A line of its own: the reads of what is new do not wait for it.
  concurrency: { perKey: 1 },
  maxDuration: maxSeconds,
  catchError: async (failure) => decideTaskRetry(failure),
  run: async ({ position, isForced, ...read }, { ctx, signal }) => {
    const context = await taskContext();
    const find = async () =>
      (await listReadPositions(context.database, [read.connectionId])).get(readName(read)) ?? '';
    // A second attempt stands where the first one came to, and is made before the resource's own back-off is over.
    const isRetry = ctx.attempt.number > 1;
    if (!isRetry && (await find()) !== position) return { status: 'overtaken' as const };
    const until = new Date(context.systemClock.now().getTime() + (maxSeconds - marginSeconds) * 1000);
    const outcome = await readResource(context, {
      ...read,
      source: 'poll',
      isForced: isForced || isRetry,
      until,
      signal,
    });
    const result = settleRead(outcome);
    if (outcome.status === 'partial') await requestRuns([backfillRequest(read, await find())]);
    else if (outcome.status === 'complete') await requestRuns([deriveRequest(read.connectionId, ctx.run.id)]);
    return result;
  },
});
