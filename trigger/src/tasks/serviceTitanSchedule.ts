import { schedules } from '@trigger.dev/sdk';
import { listReadPositions } from '#backend/repositories/readPositionRepository.ts';
import { taskContext } from '../taskContext.ts';
import { everyMinute } from './everyMinute.ts';
import { isLong, planReads } from './planReads.ts';
import { requestRuns } from './runRequests.ts';

/** Looks what is due to be read, and has it read: a run for each connection and resource. */
export const serviceTitanSchedule = schedules.task({
  id: 'servicetitan-schedule',
  description: 'Asks for the reads of ServiceTitan that are due.',
  cron: everyMinute,
  ttl: '1m',
  concurrency: { total: 1 },
  maxDuration: 300,
  run: async ({ timestamp }) => {
    const { syncs, clock, database } = await taskContext();
    const due = await syncs.dueReads(clock.now());
    const long = [...new Set(due.filter(isLong).map((read) => read.connectionId))];
    const positions = await listReadPositions(database, long);
    const requests = planReads(due, { positions, at: timestamp });
    await requestRuns(requests);
    return { asked: requests.length };
  },
});
