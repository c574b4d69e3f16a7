import type { RecordMention } from '../schemas/explain.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import type { Facts } from './facts.ts';
import type { JobFacts } from './jobFacts.ts';
import { jobsOf, type JourneyRecords } from './journeyRecords.ts';
import type { MirroredAppointment, MirroredCanceledLog } from './mirroredRecords.ts';
import { writeTime } from './writeTime.ts';

const kindWords = {
  sales: 'Sales job',
  install: 'Install job',
  other: 'Other job',
  unclassified: 'Job of a type that nobody has classified',
  void: 'Job that does not count (recall, warranty or clerical)',
} as const satisfies Record<JobFacts['kind'], string>;

/** The records that a journey is made of, and what each says, for people. */
export function mentionRecords(journey: JourneyRecords, zone: string): RecordMention[] {
  return [
    ...journey.leads.map((lead) =>
      mention(
        'leads',
        lead.id,
        `Lead ${lead.id}`,
        `${lead.status}, received ${writeTime(lead.createdOn, zone)}`,
      ),
    ),
    ...journey.bookings.map((booking) =>
      mention(
        'bookings',
        booking.id,
        `Booking ${booking.id}`,
        `${booking.status}, received ${writeTime(booking.createdOn, zone)}`,
      ),
    ),
    ...jobsOf(journey).flatMap((job) => mentionJob(job, zone)),
    ...[...journey.estimates].map((estimate) => mentionEstimate(estimate, zone)),
  ];
}

function mention(resource: string, recordId: number, label: string, says: string): RecordMention {
  return { resource, recordId, label, says };
}

function mentionJob(job: JobFacts, zone: string): RecordMention[] {
  const { record, kind, canceledLog } = job;
  const completed = job.isCompleted && record.completedOn ? ` on ${writeTime(record.completedOn, zone)}` : '';
  const origin = record.createdFromEstimateId ? `, made from estimate ${record.createdFromEstimateId}` : '';
  return [
    mention(
      'jobs',
      job.id,
      `Job ${record.jobNumber}`,
      `${kindWords[kind]}, ${record.jobStatus}${completed}${origin}`,
    ),
    ...job.appointments.map((appointment) => mentionAppointment(appointment, zone)),
    ...(canceledLog && job.isCanceled ? [mentionLog(canceledLog, zone)] : []),
  ];
}

function mentionAppointment({ id, start, status, unused }: MirroredAppointment, zone: string): RecordMention {
  const says = `${writeTime(start, zone)}, ${status}${unused ? ', unused' : ''}`;
  return mention('appointments', id, `Appointment ${id}`, says);
}

function mentionLog({ id, createdOn }: MirroredCanceledLog, zone: string): RecordMention {
  return mention('canceled_logs', id, 'Cancellation', `Canceled on ${writeTime(createdOn, zone)}`);
}

function mentionEstimate({ id, record, total, isSold }: EstimateFacts, zone: string): RecordMention {
  const sold = isSold && record.soldOn ? ` on ${writeTime(record.soldOn, zone)}` : '';
  const amount = total.toLocaleString('en-US', { style: 'currency', currency: 'USD' });
  const label = record.name ? `Estimate "${record.name}"` : `Estimate ${id}`;
  return mention('estimates', id, label, `${record.status ?? 'No status'}${sold}, ${amount}`);
}

/** A key such as "job:123" as it is called on the screen: "job 1234", by its number where it is known. */
export function nameOfKey(key: string, facts: Facts): string {
  const [type = '', idText = ''] = key.split(':');
  const id = Number(idText);
  switch (type) {
    case 'job':
      return `job ${facts.jobs.get(id)?.record.jobNumber ?? id}`;
    case 'canceled_log': {
      const job = [...facts.jobs.values()].find(({ canceledLog }) => canceledLog?.id === id);
      return job ? `the cancellation of job ${job.record.jobNumber}` : 'a cancellation';
    }
    case 'estimate': {
      const name = facts.estimates.get(id)?.record.name;
      return name ? `the estimate "${name}"` : `estimate ${id}`;
    }
    case 'override':
      return 'what was set by hand or by a flow';
    default:
      return `${type} ${idText}`;
  }
}
