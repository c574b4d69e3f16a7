import { schedules } from '@trigger.dev/sdk';
import { housekeepingCron, tidyUp } from '../housekeeping.ts';
import { taskContext } from '../taskContext.ts';

export const housekeeping = schedules.task({
  id: 'housekeeping',
  description: 'Deletes what nobody looks at any more.',
  cron: housekeepingCron,
  maxDuration: 600,
  run: async () => tidyUp(await taskContext()),
});
