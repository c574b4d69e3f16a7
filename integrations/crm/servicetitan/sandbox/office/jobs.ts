import { ApiError, conflict } from '../api/ApiError.ts';
import { bookedLogRow, canceledLogRow } from '../rows/jobLogRows.ts';
import { jobRow, type AppointmentRow, type JobRow } from '../rows/jobRows.ts';
import {
  appointmentsOf,
  isLive,
  putNewAppointment,
  refreshJob,
  statusFrom,
  updateAppointment,
} from './appointments.ts';
import type { NewAppointment } from './appointments.ts';
import { assignmentsOf } from './assignments.ts';
import { convertBooking } from './bookings.ts';
import { chargeCustomer } from './customers.ts';
import type { Desk } from './Desk.ts';
import { billInvoice, invoiceIdFor, openInvoice } from './invoices.ts';
import { noteJobEvent } from './jobHistory.ts';
import { convertLead } from './leads.ts';
import { touchProject } from './projects.ts';

export type NewJob = Partial<Omit<JobRow, 'id' | 'jobStatus' | 'createdOn' | 'modifiedOn'>> & {
  readonly customerId: number;
  readonly locationId: number;
  readonly leadId?: number | null | undefined;
  readonly appointments: readonly NewAppointment[];
};

export const openJobStatuses: ReadonlySet<string> = new Set([
  'Scheduled',
  'Dispatched',
  'InProgress',
  'Hold',
]);

/** Books a job with its appointments. A lead or booking that it is booked from is converted. */
export function bookJob(desk: Desk, { appointments, leadId, ...input }: NewJob): JobRow {
  const { records, now } = desk;
  const id = records.jobs.nextId();
  const job = jobRow.parse({
    ...input,
    id,
    jobNumber: input.jobNumber ?? String(id),
    invoiceId: invoiceIdFor(records, id),
    createdOn: now,
    modifiedOn: now,
  });
  records.jobs.put(job);
  openInvoice(desk, job);
  noteJobEvent(desk, id, 'Job Booked');
  const [first] = appointments.map((appointment) => putNewAppointment(desk, job, appointment));
  if (first) logBooking(desk, first);
  refreshJob(desk, id);
  touchProject(desk, job.projectId);

  const lead = records.leads.get(leadId);
  if (lead && lead.status === 'Open') convertLead(desk, lead, job);
  const booking = records.bookings.get(input.bookingId);
  if (booking && booking.status !== 'Converted') convertBooking(desk, booking, id);
  return records.jobs.get(id) ?? job;
}

function logBooking({ records, now }: Desk, { id, jobId, ...times }: AppointmentRow): void {
  const { start, arrivalWindowStart, arrivalWindowEnd } = times;
  records.booked_logs.put(
    bookedLogRow.parse({
      id: records.booked_logs.nextId(),
      jobId,
      jobAppointmentId: id,
      start,
      arrivalWindowStart,
      arrivalWindowEnd,
      createdOn: now,
    }),
  );
}

export function updateJob({ records, now }: Desk, job: JobRow, changes: Partial<JobRow>): JobRow {
  return records.jobs.put({ ...job, ...changes, modifiedOn: now });
}

/** What hangs on a job follows it to another customer without being modified: appointments, estimates, invoice. */
export function moveJobRecords(
  desk: Desk,
  job: JobRow,
  { customerId, locationId }: Pick<JobRow, 'customerId' | 'locationId'>,
): void {
  const { records } = desk;
  for (const appointment of records.appointments.ownedBy(job.id)) {
    records.appointments.putQuietly({ ...appointment, customerId });
  }
  for (const estimate of records.estimates.ownedBy(job.customerId)) {
    if (estimate.jobId === job.id) records.estimates.putQuietly({ ...estimate, customerId, locationId });
  }
  const invoice = records.invoices.get(job.invoiceId);
  if (!invoice) return;
  records.invoices.putQuietly({ ...invoice, customerId, locationId });
  const owed = Number(invoice.balance);
  if (owed === 0) return;
  chargeCustomer(desk, job.customerId, -owed);
  chargeCustomer(desk, customerId, owed);
}

/** Cancels a job: its open appointments follow, and a log says why. */
export function cancelJob(
  desk: Desk,
  job: JobRow,
  { reasonId, memo }: { reasonId: number; memo: string | null },
): void {
  requireOpen(job, 'canceled');
  const { records, now } = desk;
  updateJob(desk, job, { jobStatus: 'Canceled' });
  for (const appointment of appointmentsOf(desk, job.id)) {
    const isHit =
      records.switches.canceledJobAppointments === 'live'
        ? isLive(appointment)
        : appointment.status !== 'Done';
    if (isHit) updateAppointment(desk, appointment, { status: 'Canceled' });
  }
  const id = records.canceled_logs.nextId();
  const dates = { createdOn: now, modifiedOn: now };
  records.canceled_logs.put(canceledLogRow.parse({ id, jobId: job.id, reasonId, memo, ...dates }));
  noteJobEvent(desk, job.id, 'Job Canceled', memo ?? '');
}

/** Takes a cancellation back: the log goes inactive, the appointments are scheduled again. */
export function removeCancellation(desk: Desk, job: JobRow): void {
  if (job.jobStatus !== 'Canceled')
    throw new ApiError(400, `Job ${job.id} is ${job.jobStatus}, not Canceled.`);
  const { records, now } = desk;
  for (const log of records.canceled_logs.ownedBy(job.id).filter((row) => row.active)) {
    records.canceled_logs.put({ ...log, active: false, modifiedOn: now });
  }
  for (const appointment of appointmentsOf(desk, job.id)) {
    if (appointment.status === 'Canceled') updateAppointment(desk, appointment, { status: 'Scheduled' });
  }
  updateJob(desk, job, { jobStatus: statusFrom(appointmentsOf(desk, job.id)) });
  noteJobEvent(desk, job.id, 'Job Cancellation Removed');
}

export function holdJob(desk: Desk, job: JobRow, memo: string): void {
  requireOpen(job, 'put on hold');
  for (const appointment of appointmentsOf(desk, job.id)) {
    if (isLive(appointment)) updateAppointment(desk, appointment, { status: 'Hold' });
  }
  updateJob(desk, job, { jobStatus: 'Hold' });
  noteJobEvent(desk, job.id, 'Job On Hold', memo);
}

/** Completes a job through the API, which asks for a technician on it. */
export function completeJob(desk: Desk, job: JobRow, completedOn: string): void {
  if (!openJobStatuses.has(job.jobStatus)) throw conflict(`Job ${job.id} is ${job.jobStatus} already.`);
  if (!appointmentsOf(desk, job.id).some((row) => assignmentsOf(desk, row.id).length > 0)) {
    throw conflict(`Job ${job.id} cannot be completed: no technician is assigned to it.`);
  }
  finishJob(desk, job, { completedOn, total: job.total ?? 0 });
}

/** The work is done: appointments that took place are Done, those still ahead stay open and unused. */
export function finishJob(
  desk: Desk,
  job: JobRow,
  { completedOn, total }: { completedOn: string; total: number },
): void {
  for (const appointment of appointmentsOf(desk, job.id)) {
    if (!isLive(appointment)) continue;
    const isAhead = appointment.start > desk.now;
    updateAppointment(desk, appointment, isAhead ? { unused: true } : { status: 'Done' });
  }
  billInvoice(desk, updateJob(desk, job, { jobStatus: 'Completed', completedOn, total }));
  noteJobEvent(desk, job.id, 'Job Completed');
}

function requireOpen(job: JobRow, verb: string): void {
  if (!openJobStatuses.has(job.jobStatus)) {
    throw new ApiError(400, `Job ${job.id} is ${job.jobStatus} and cannot be ${verb}.`);
  }
}
