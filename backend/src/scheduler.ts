import { Cron } from 'croner';
import type { Logger } from './logger.ts';

export interface ScheduledWork {
  name: string;
  /** Five or six fields, in system time. */
  cron: string;
  run: () => Promise<unknown>;
}

/** Runs work on its schedule in this process; what is still running when its time comes again is left alone. */
export function startScheduler(works: ScheduledWork[], logger: Logger): { stop(): Promise<void> } {
  const running = new Set<Promise<unknown>>();
  const jobs = works.map(
    (work) =>
      new Cron(work.cron, { protect: true, name: work.name }, async () => {
        const promise = work
          .run()
          .catch((error: unknown) => logger.error({ err: error, work: work.name }, 'Scheduled work failed.'));
        running.add(promise);
        await promise;
        running.delete(promise);
      }),
  );
  return {
    stop: async () => {
      for (const job of jobs) job.stop();
      await Promise.all(running);
    },
  };
}
