import type { MirroredBooking, MirroredLead } from './mirroredRecords.ts';
import { compareText } from './compare.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import { canceledAt, oldestAppointment, type JobFacts } from './jobFacts.ts';

/** A record that holds a state. */
export interface Evidence {
  type: 'job' | 'canceled_log' | 'estimate' | 'lead' | 'booking';
  id: number;
  jobId: number | null;
  /** What the record is called on the screen. */
  label: string;
  happenedAt: string;
  /** The record has no date of its own for this, so that every later edit would move it. */
  happenedFromModifiedOn: boolean;
  /** Which of several came first and which last. */
  order: string;
  /** Ties go to the smallest; a cancellation is known by its job. */
  tieId: number;
  createdOn: string;
  modifiedOn: string;
}

export function completion(job: JobFacts): Evidence {
  const { completedOn, modifiedOn } = job.record;
  return evidenceOfJob(job, completedOn ?? modifiedOn, { fromModifiedOn: completedOn === null });
}

export function cancellation(job: JobFacts): Evidence {
  const log = job.canceledLog;
  const ofJob = evidenceOfJob(job, canceledAt(job), { fromModifiedOn: log === null });
  // A log carries no modifiedOn: it was last changed when it was made.
  return log
    ? { ...ofJob, type: 'canceled_log', id: log.id, createdOn: log.createdOn, modifiedOn: log.createdOn }
    : ofJob;
}

export function booking(job: JobFacts): Evidence {
  return evidenceOfJob(job, oldestAppointment(job)?.createdOn ?? job.createdOn, { order: job.createdOn });
}

export function sale(estimate: EstimateFacts): Evidence {
  const { soldOn, modifiedOn } = estimate.record;
  return {
    ...evidenceOfEstimate(estimate, soldOn ?? modifiedOn),
    happenedFromModifiedOn: soldOn === null,
  };
}

export function offer(estimate: EstimateFacts): Evidence {
  return evidenceOfEstimate(estimate, estimate.createdOn);
}

export function inquiry(type: 'lead' | 'booking', record: MirroredLead | MirroredBooking): Evidence {
  const { id, createdOn, modifiedOn } = record;
  return {
    type,
    id,
    jobId: null,
    label: type === 'lead' ? 'the lead' : 'the booking',
    happenedAt: createdOn,
    happenedFromModifiedOn: false,
    order: createdOn,
    tieId: id,
    createdOn,
    modifiedOn,
  };
}

/** The evidence that enters the state: the first or the last of several. */
export function pickEntering(evidence: readonly Evidence[], which: 'first' | 'last'): Evidence | undefined {
  const direction = which === 'first' ? 1 : -1;
  return evidence.toSorted(
    (one, other) => direction * compareText(one.order, other.order) || one.tieId - other.tieId,
  )[0];
}

function evidenceOfJob(
  job: JobFacts,
  happenedAt: string,
  { order = happenedAt, fromModifiedOn = false }: { order?: string; fromModifiedOn?: boolean },
): Evidence {
  return {
    type: 'job',
    id: job.id,
    jobId: job.id,
    label: `job ${job.record.jobNumber}`,
    happenedAt,
    happenedFromModifiedOn: fromModifiedOn,
    order,
    tieId: job.id,
    createdOn: job.createdOn,
    modifiedOn: job.record.modifiedOn,
  };
}

function evidenceOfEstimate({ id, createdOn, record }: EstimateFacts, happenedAt: string): Evidence {
  return {
    type: 'estimate',
    id,
    jobId: record.jobId,
    label: record.name ? `the estimate "${record.name}"` : 'an estimate',
    happenedAt,
    happenedFromModifiedOn: false,
    order: happenedAt,
    tieId: id,
    createdOn,
    modifiedOn: record.modifiedOn,
  };
}
