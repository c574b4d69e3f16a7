import { schedules } from '@trigger.dev/sdk';
import type { Context } from '#backend/context.ts';
import { deleteChangeEventsBefore } from '#backend/repositories/workspaceRepository.ts';
import { taskContext } from './taskContext.ts';

export const housekeepingCron = '17 3 * * *';
const keptMs = 24 * 3600_000;

/** Trims what only the screens of the last day need. */
export async function tidyUp(context: Context): Promise<void> {
  await deleteChangeEventsBefore(context.database, new Date(context.clock.now().getTime() - keptMs));
}

export const housekeeping = schedules.task({
  id: 'housekeeping',
  cron: housekeepingCron,
  run: async () => tidyUp(await taskContext()),
});
