import { bookedLogRow, canceledLogRow, jobHistoryRow, reasonRow } from '../rows/jobLogRows.ts';
import { defineResource } from './defineResource.ts';
import { idIn, textContains } from './filters.ts';
import { commonSorts } from './readList.ts';

export const canceledLogs = defineResource({
  name: 'canceled_logs',
  aliases: ['job_canceled_logs', 'canceled_log'],
  noun: 'Canceled log',
  scope: 'jpm.jobs',
  select: (records) => records.canceled_logs,
  schema: canceledLogRow.loose(),
  exportPaths: ['jpm/v2/tenant/:tenant/export/job-canceled-logs'],
  internal: ['modifiedOn'],
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

export const bookedLogs = defineResource({
  name: 'booked_logs',
  aliases: ['job_booked_logs', 'booked_log'],
  noun: 'Booked log',
  scope: 'jpm.jobs',
  select: (records) => records.booked_logs,
  schema: bookedLogRow.loose(),
  internal: ['modifiedOn'],
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

export const jobHistory = defineResource({
  name: 'job_history',
  aliases: ['jobs_history'],
  noun: 'Job history',
  scope: 'jpm.jobs',
  select: (records) => records.job_history,
  schema: jobHistoryRow.loose(),
  exportPaths: ['jpm/v2/tenant/:tenant/export/job-history'],
  // The feed's events carry no memo, unlike those of one job.
  show: (row) => ({
    jobId: row.id,
    history: row.history.map(({ id, employeeId, eventType, date, usedSchedulingTool }) => ({
      id,
      employeeId,
      eventType,
      date,
      usedSchedulingTool,
    })),
  }),
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

const reasons = {
  scope: 'jpm.jobcancelreasons',
  schema: reasonRow.loose(),
  activeByDefault: 'Any',
  sorts: { ...commonSorts, Name: (row: { name: string }) => row.name },
  filters: {
    ids: idIn((row: { id: number }) => row.id),
    name: textContains((row: { name: string }) => row.name),
  },
} as const;

export const cancelReasons = defineResource({
  ...reasons,
  name: 'cancel_reasons',
  aliases: ['job_cancel_reasons', 'jobs_cancel_reasons'],
  noun: 'Cancel reason',
  select: (records) => records.cancel_reasons,
  listPath: 'jpm/v2/tenant/:tenant/job-cancel-reasons',
});

export const holdReasons = defineResource({
  ...reasons,
  name: 'hold_reasons',
  aliases: ['job_hold_reasons'],
  noun: 'Hold reason',
  scope: 'jpm.jobholdreasons',
  select: (records) => records.hold_reasons,
  listPath: 'jpm/v2/tenant/:tenant/job-hold-reasons',
});
