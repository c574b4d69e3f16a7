import { schemaTask } from '@trigger.dev/sdk';
import { z } from 'zod';
import { readPaths, syncResources } from '#backend/services/readOrder.ts';
import { readResource } from '../serviceTitanSync.ts';
import { taskContext } from '../taskContext.ts';
import { connectionQueue, onePerConnection } from './connectionQueue.ts';
import { decideTaskRetry } from './retryDecision.ts';
import { settleRead } from './settleRead.ts';

/** A read that takes longer than this goes on with the next run, at the page where it stopped. */
const readMs = 5 * 60_000;

const readPayload = z.object({
  connectionId: z.uuid(),
  resource: z.enum(syncResources),
  path: z.enum(readPaths),
  source: z.enum(['poll', 'webhook', 'manual']),
});

/** One look at one resource of one connection. */
export const serviceTitanRead = schemaTask({
  id: 'servicetitan-read',
  description: 'Reads what changed in one resource of one connection.',
  schema: readPayload,
  queue: connectionQueue,
  concurrency: onePerConnection,
  // The next minute's schedule asks again for what is still due: a line that does not move must not grow.
  ttl: '3m',
  maxDuration: 900,
  catchError: async (failure) => decideTaskRetry(failure),
  run: async (payload, { ctx, signal }) => {
    const context = await taskContext();
    const until = new Date(context.systemClock.now().getTime() + readMs);
    const isForced = ctx.attempt.number > 1 || payload.source !== 'poll';
    return settleRead(await readResource(context, { ...payload, isForced, until, signal }));
  },
});
