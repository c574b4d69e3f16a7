import { jobHistoryRow } from '../rows/jobLogRows.ts';
import type { Desk } from './Desk.ts';

/** So many events of one job have ids of their own, unlike those of every other job. */
const eventsPerJob = 1000;

/** Writes down what happened to a job, as its history and the history feed show it. */
export function noteJobEvent({ records, now }: Desk, jobId: number, eventType: string, memo = ''): void {
  const known = records.job_history.get(jobId);
  const history = known?.history ?? [];
  const event = { id: jobId * eventsPerJob + history.length + 1, eventType, date: now, memo };
  records.job_history.put(
    jobHistoryRow.parse({
      id: jobId,
      history: [...history, event],
      createdOn: known?.createdOn ?? now,
      modifiedOn: now,
    }),
  );
}
