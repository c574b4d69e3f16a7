import type { MirroredAppointment, MirroredCanceledLog, MirroredJob } from './mirroredRecords.ts';
import { byCreation, compareText } from './compare.ts';
import { jobKind, type JobKind } from './jobKind.ts';
import type { JourneySettings } from './settings.ts';
import { later } from './timestamps.ts';

const openStatuses = new Set(['Scheduled', 'Dispatched', 'InProgress', 'Hold']);
const liveStatuses = new Set(['Scheduled', 'Dispatched', 'Working']);

/** A job in play with all that its state is read from. */
export interface JobFacts {
  id: number;
  createdOn: string;
  record: MirroredJob;
  kind: JobKind;
  /** After merges. */
  customerId: number | null;
  isOpen: boolean;
  isCompleted: boolean;
  isCanceled: boolean;
  /** The active ones, by start. */
  appointments: readonly MirroredAppointment[];
  /** The active log of the cancellation; of several the last. */
  canceledLog: MirroredCanceledLog | null;
}

/** Reads a job together with its newest appointments and canceled logs. */
export function readJob(input: {
  record: MirroredJob;
  customerId: number | null;
  appointments: readonly MirroredAppointment[];
  canceledLogs: readonly MirroredCanceledLog[];
  settings: JourneySettings;
}): JobFacts {
  const { record, customerId, settings } = input;
  const activeLogs = input.canceledLogs.filter((log) => log.active);
  return {
    id: record.id,
    createdOn: record.createdOn,
    record,
    kind: jobKind(record, activeLogs, settings),
    customerId,
    isOpen: openStatuses.has(record.jobStatus),
    isCompleted: record.jobStatus === 'Completed',
    isCanceled: record.jobStatus === 'Canceled',
    appointments: input.appointments
      .filter((appointment) => appointment.active)
      .toSorted((one, other) => compareText(one.start, other.start) || one.id - other.id),
    canceledLog: activeLogs.toSorted(lastFirst)[0] ?? null,
  };
}

function lastFirst(one: MirroredCanceledLog, other: MirroredCanceledLog): number {
  return compareText(other.createdOn, one.createdOn) || one.id - other.id;
}

/** The earliest live appointment: what timers hang on. */
export function liveAppointment(job: JobFacts): MirroredAppointment | null {
  return job.appointments.find(({ unused, status }) => !unused && liveStatuses.has(status)) ?? null;
}

/** When the last active appointment starts: until then one lies ahead. */
export function lastStart(job: JobFacts): string | null {
  return job.appointments.at(-1)?.start ?? null;
}

/** The active appointment that was made first. */
export function oldestAppointment(job: JobFacts): MirroredAppointment | null {
  return job.appointments.toSorted(byCreation)[0] ?? null;
}

/** When a canceled job was canceled. */
export function canceledAt(job: JobFacts): string {
  return job.canceledLog?.createdOn ?? job.record.modifiedOn;
}

/** The last time at which the job was created, completed or canceled. */
export function lastNews(job: JobFacts): string {
  if (job.isCompleted) return later(job.createdOn, job.record.completedOn ?? job.record.modifiedOn);
  if (job.isCanceled) return later(job.createdOn, canceledAt(job));
  return job.createdOn;
}

/** When the job was over as homes see it, or null while it is open. */
export function overAt(job: JobFacts): string | null {
  if (job.isCompleted) return job.record.completedOn ?? job.createdOn;
  return job.isCanceled ? canceledAt(job) : null;
}
