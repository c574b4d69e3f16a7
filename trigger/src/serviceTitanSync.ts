import { queue, schedules, task } from '@trigger.dev/sdk';
import type { Context } from '#backend/context.ts';
import type { SyncSummary } from '#backend/services/ServiceTitanSyncService.ts';
import { taskContext } from './taskContext.ts';

export const serviceTitanSyncCron = '*/5 * * * *';

/** Polls one connection. */
export async function syncConnection(
  context: Context,
  connectionId: string,
  source: 'poll' | 'webhook' | 'manual' = 'poll',
): Promise<SyncSummary> {
  return context.syncs.syncConnection(connectionId, source);
}

// The limit holds for each concurrency key, which is the connection: one poll of a connection at a time.
const connectionQueue = queue({ name: 'servicetitan-sync', concurrencyLimit: 1 });

export const serviceTitanSyncConnection = task({
  id: 'servicetitan-sync-connection',
  queue: connectionQueue,
  maxDuration: 1800,
  run: async (payload: { connectionId: string }) => syncConnection(await taskContext(), payload.connectionId),
});

/** The schedule: a run of its own for each connection, so that a slow tenant holds up nobody. */
export const serviceTitanSync = schedules.task({
  id: 'servicetitan-sync',
  cron: serviceTitanSyncCron,
  run: async (payload) => {
    const connections = await (await taskContext()).connections.listPolled();
    if (connections.length === 0) return { triggered: 0 };
    await serviceTitanSyncConnection.batchTrigger(
      connections.map((connection) => ({
        payload: { connectionId: connection.id },
        options: {
          concurrencyKey: connection.id,
          idempotencyKey: `${connection.id}:${payload.timestamp.toISOString()}`,
        },
      })),
    );
    return { triggered: connections.length };
  },
});
