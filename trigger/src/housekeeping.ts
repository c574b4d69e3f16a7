import type { Context } from '#backend/context.ts';
import { cancelLostSteps } from '#backend/repositories/runMendRepository.ts';
import { deleteSyncRunsBefore } from '#backend/repositories/syncRepository.ts';
import { trimWebhooks } from '#backend/repositories/webhookRepository.ts';
import { deleteChangeEventsBefore } from '#backend/repositories/workspaceRepository.ts';

export const housekeepingCron = '17 3 * * *';
const dayMs = 24 * 3600_000;
const syncRunsKeptDays = 30;
const webhooksKeptDays = 30;

/** Parks runs that nothing would go on with, and trims what only the screens of the last day need, and the syncs of more than a month ago. */
export async function tidyUp({ database, clock, systemClock, alerts }: Context): Promise<void> {
  await alerts.findStuckRuns();
  await cancelLostSteps(database, systemClock.now());
  const now = clock.now().getTime();
  await deleteChangeEventsBefore(database, new Date(now - dayMs));
  await deleteSyncRunsBefore(database, new Date(now - syncRunsKeptDays * dayMs));
  await trimWebhooks(database, new Date(now - webhooksKeptDays * dayMs));
}
