import { z } from 'zod';
import type { StoredRow } from '../Collection.ts';
import { findResource } from '../resources/resourceTable.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import {
  showAppointment,
  showBooking,
  showDispatchedAppointment,
  showDispatchedJob,
  showInvoice,
  showJob,
  showLead,
} from './entityShapes.ts';
import type { WebhookType } from './subscriptions.ts';

/** A record that one request wrote, once however often it did: as it was before. */
export interface Rewrite {
  readonly resource: string;
  readonly id: number;
  readonly before: StoredRow | undefined;
}

export interface Occurrence {
  readonly type: WebhookType;
  readonly data: Readonly<Record<string, unknown>>;
}

type Derive = (records: TenantRecords, rewrite: Rewrite, all: readonly Rewrite[]) => readonly Occurrence[];

const shownRow = z.record(z.string(), z.unknown());

/** What a record was in one of its members. */
function was(before: StoredRow | undefined, member: string): unknown {
  return before && new Map<string, unknown>(Object.entries(before)).get(member);
}

/** Members that follow from other records change without a date, and without an event. */
function isDated(before: StoredRow | undefined, after: StoredRow): boolean {
  return before === undefined || before.modifiedOn !== after.modifiedOn;
}

function isRescheduled(before: StoredRow, after: AppointmentRow): boolean {
  const times = ['start', 'end', 'arrivalWindowStart', 'arrivalWindowEnd'] as const;
  return times.some((member) => was(before, member) !== after[member]);
}

function ofJob(records: TenantRecords, { id, before }: Rewrite): Occurrence[] {
  const job = records.jobs.get(id);
  if (!job || !isDated(before, job)) return [];
  const data = { job: showJob(job), manageEmployeeEmail: null, manageFollowUpEmail: null };
  if (before === undefined) return [{ type: 'tn.jpm.job-scheduled', data }];
  const isCompleted = job.jobStatus === 'Completed' && was(before, 'jobStatus') !== 'Completed';
  return [{ type: isCompleted ? 'tn.jpm.job-completed' : 'tn.jpm.job-updated', data }];
}

function ofAppointment(
  records: TenantRecords,
  { id, before }: Rewrite,
  all: readonly Rewrite[],
): Occurrence[] {
  const appointment = records.appointments.get(id);
  const job = records.jobs.get(appointment?.jobId);
  if (!appointment || !job || !isDated(before, appointment)) return [];
  // A new job's appointments belong to its scheduling.
  if (all.some((other) => other.resource === 'jobs' && other.id === job.id && !other.before)) return [];
  const found: Occurrence[] = [
    { type: 'tn.jpm.job-appointment-updated', data: { appointment: showAppointment(appointment) } },
  ];
  if (before && isRescheduled(before, appointment)) {
    const data = {
      job: showJob(job),
      manageEmployeeEmail: null,
      manageFollowUpEmail: null,
      appointmentId: id,
      appointmentNumber: appointment.appointmentNumber ?? String(id),
    };
    found.push({ type: 'tn.jpm.job-rescheduled', data });
  }
  if (appointment.status === 'Dispatched' && was(before, 'status') !== 'Dispatched') {
    const data = { job: showDispatchedJob(job), appointment: showDispatchedAppointment(appointment) };
    found.push({ type: 'tn.dis.technician-dispatched', data });
  }
  return found;
}

function ofLead(records: TenantRecords, { id, before }: Rewrite): Occurrence[] {
  const lead = records.leads.get(id);
  if (!lead || !isDated(before, lead)) return [];
  return [{ type: before ? 'tn.crm.lead-updated' : 'tn.crm.lead-created', data: { lead: showLead(lead) } }];
}

function ofBooking(records: TenantRecords, { id, before }: Rewrite): Occurrence[] {
  const booking = records.bookings.get(id);
  if (!before || !booking || !isDated(before, booking)) return [];
  return [{ type: 'tn.crm.booking-updated', data: { booking: showBooking(booking) } }];
}

/** The row as the API shows it, for resources whose rows say less than their answers. */
function shown(records: TenantRecords, { resource, id }: Rewrite): Record<string, unknown> | null {
  const row = findResource(resource)?.get(records, id);
  return row === undefined ? null : shownRow.parse(row);
}

function ofInvoice(records: TenantRecords, rewrite: Rewrite): Occurrence[] {
  const { before } = rewrite;
  const row = shown(records, rewrite);
  if (!before || !row || before.modifiedOn === row['modifiedOn']) return [];
  const data = { invoice: showInvoice(row) };
  const found: Occurrence[] = [{ type: 'tn.acc.invoice-updated', data }];
  const status = row['syncStatus'];
  if (status !== was(before, 'syncStatus')) {
    if (status === 'Posted') found.push({ type: 'tn.acc.invoice-posted', data });
    if (status === 'Exported') found.push({ type: 'tn.acc.invoice-exported', data });
  }
  if (row['batch'] && !was(before, 'batch')) found.push({ type: 'tn.acc.invoice-batched', data });
  return found;
}

function ofCall(records: TenantRecords, rewrite: Rewrite): Occurrence[] {
  const call = shown(records, rewrite);
  if (!call) return [];
  return [{ type: rewrite.before ? 'tn.tlc.call-updated' : 'tn.tlc.call-completed', data: { call } }];
}

const derivations: Readonly<Record<string, Derive>> = {
  jobs: ofJob,
  appointments: ofAppointment,
  leads: ofLead,
  bookings: ofBooking,
  invoices: ofInvoice,
  calls: ofCall,
};

/** What the records that one request wrote tell the world; most changes have no event in ServiceTitan. */
export function occurrencesOf(records: TenantRecords, rewrites: readonly Rewrite[]): Occurrence[] {
  return rewrites.flatMap((rewrite) => derivations[rewrite.resource]?.(records, rewrite, rewrites) ?? []);
}
