import { schedules } from '@trigger.dev/sdk';
import { prepareDueWork } from '../dueWork.ts';
import { taskContext } from '../taskContext.ts';
import { everyMinute } from './everyMinute.ts';
import { planDueWork } from './planDueWork.ts';
import { requestRuns } from './runRequests.ts';

/** Starts the flows that time has made due, looks how many steps and messages are due, and has them done by as many runs as that is work for. */
export const dueWork = schedules.task({
  id: 'due-work',
  description: 'Asks for the flow steps and e-mails that are due.',
  cron: everyMinute,
  ttl: '1m',
  concurrency: { total: 1 },
  maxDuration: 120,
  run: async ({ timestamp }) => {
    const context = await taskContext();
    const { clock, flowRuns } = context;
    await prepareDueWork(context);
    const due = await flowRuns.countDue(clock.now());
    await requestRuns(planDueWork(due, timestamp));
    return due;
  },
});
