import { conflict } from '../api/ApiError.ts';
import { appointmentRow, type AppointmentRow, type JobRow } from '../rows/jobRows.ts';
import { assign, assignmentsOf, followAppointment } from './assignments.ts';
import { type Desk, requireRow } from './Desk.ts';
import { noteJobEvent } from './jobHistory.ts';

export interface NewAppointment {
  readonly start: string;
  readonly end: string;
  readonly arrivalWindowStart?: string | null | undefined;
  readonly arrivalWindowEnd?: string | null | undefined;
  readonly technicianIds?: readonly number[] | undefined;
  readonly specialInstructions?: string | null | undefined;
}

const startedStatuses: ReadonlySet<string> = new Set(['Dispatched', 'Working', 'Done']);
const closedJobStatuses: ReadonlySet<string> = new Set(['Completed', 'Canceled']);

export function appointmentsOf({ records }: Desk, jobId: number): AppointmentRow[] {
  return records.appointments
    .ownedBy(jobId)
    .filter((row) => row.active)
    .toSorted((left, right) => (left.start < right.start ? -1 : 1));
}

/** Whether an appointment is still to be kept. */
export function isLive({ active, unused, status }: AppointmentRow): boolean {
  return active && !unused && (status === 'Scheduled' || status === 'Dispatched' || status === 'Working');
}

export function putNewAppointment(desk: Desk, job: JobRow, input: NewAppointment): AppointmentRow {
  const { records, now } = desk;
  const { technicianIds = [], ...members } = input;
  const number = records.appointments.ownedBy(job.id).length + 1;
  const appointment = records.appointments.put(
    appointmentRow.parse({
      ...members,
      id: records.appointments.nextId(),
      jobId: job.id,
      customerId: job.customerId,
      appointmentNumber: `${job.jobNumber}-${number}`,
      createdOn: now,
      modifiedOn: now,
    }),
  );
  assign(desk, appointment, technicianIds);
  return appointment;
}

export function addAppointment(desk: Desk, job: JobRow, input: NewAppointment): AppointmentRow {
  if (closedJobStatuses.has(job.jobStatus)) {
    throw conflict(`Job ${job.id} is ${job.jobStatus}: no appointment can be added.`);
  }
  const appointment = putNewAppointment(desk, job, input);
  noteJobEvent(desk, job.id, 'Appointment Added', appointment.appointmentNumber ?? '');
  refreshJob(desk, job.id);
  return appointment;
}

/** Appointments cannot be canceled by themselves, only deleted, and never the only one of a job. */
export function deleteAppointment(desk: Desk, appointment: AppointmentRow): void {
  const { active, status } = appointment;
  if (!active || status === 'Canceled') {
    const state = active ? 'canceled' : 'deleted';
    throw conflict(`Appointment ${appointment.id} is ${state} and cannot be deleted.`);
  }
  if (desk.records.jobs.get(appointment.jobId)?.jobStatus === 'Canceled') {
    throw conflict(`Job ${appointment.jobId} is Canceled: no appointment of it can be deleted.`);
  }
  if (appointmentsOf(desk, appointment.jobId).length <= 1) {
    throw conflict(
      `Appointment ${appointment.id} is the only one of job ${appointment.jobId} and cannot be deleted.`,
    );
  }
  if (status === 'Working' || status === 'Done') {
    throw conflict(`Appointment ${appointment.id} is ${status} and cannot be deleted.`);
  }
  updateAppointment(desk, appointment, { active: false });
  noteJobEvent(desk, appointment.jobId, 'Appointment Deleted', appointment.appointmentNumber ?? '');
  refreshJob(desk, appointment.jobId);
}

/** Changes an appointment. The job's own modifiedOn does not move. */
export function updateAppointment(
  desk: Desk,
  appointment: AppointmentRow,
  changes: Partial<AppointmentRow>,
): AppointmentRow {
  const changed = desk.records.appointments.put({ ...appointment, ...changes, modifiedOn: desk.now });
  if (changes.status !== undefined || changes.active !== undefined) followAppointment(desk, changed);
  return changed;
}

export function reschedule(
  desk: Desk,
  appointment: AppointmentRow,
  times: Partial<Pick<AppointmentRow, 'start' | 'end' | 'arrivalWindowStart' | 'arrivalWindowEnd'>>,
): AppointmentRow {
  requireOpen(appointment, 'rescheduled');
  noteJobEvent(desk, appointment.jobId, 'Appointment Rescheduled', appointment.appointmentNumber ?? '');
  const moved = updateAppointment(desk, appointment, { ...times, isConfirmed: false });
  const job = desk.records.jobs.get(appointment.jobId);
  if (job) {
    const ends = endsOf(desk, job);
    const isSame =
      ends.firstAppointmentId === job.firstAppointmentId && ends.lastAppointmentId === job.lastAppointmentId;
    if (!isSame) desk.records.jobs.putQuietly({ ...job, ...ends });
  }
  return moved;
}

/** A job's first and last appointment by their times. */
function endsOf(desk: Desk, job: JobRow): Pick<JobRow, 'firstAppointmentId' | 'lastAppointmentId'> {
  const appointments = appointmentsOf(desk, job.id);
  return {
    firstAppointmentId: appointments[0]?.id ?? job.firstAppointmentId,
    lastAppointmentId: appointments.at(-1)?.id ?? job.lastAppointmentId,
  };
}

/**
 * A technician on site agrees on another day: the appointment is Done and a new one takes its place, with the same
 * technicians. The job goes on.
 */
export function rescheduleInField(
  desk: Desk,
  appointment: AppointmentRow,
  times: Pick<NewAppointment, 'start' | 'end' | 'arrivalWindowStart' | 'arrivalWindowEnd'>,
): AppointmentRow {
  requireOpen(appointment, 'rescheduled');
  const job = requireRow(desk.records.jobs, 'Job', appointment.jobId);
  const technicianIds = assignmentsOf(desk, appointment.id).map((row) => row.technicianId);
  updateAppointment(desk, appointment, { status: 'Done' });
  const next = putNewAppointment(desk, job, { ...times, technicianIds });
  noteJobEvent(desk, job.id, 'Appointment Rescheduled', appointment.appointmentNumber ?? '');
  refreshJob(desk, job.id);
  return next;
}

export function holdAppointment(desk: Desk, appointment: AppointmentRow, memo: string): void {
  requireOpen(appointment, 'put on hold');
  updateAppointment(desk, appointment, { status: 'Hold' });
  noteJobEvent(desk, appointment.jobId, 'Appointment On Hold', memo);
  refreshJob(desk, appointment.jobId);
}

export function releaseAppointment(desk: Desk, appointment: AppointmentRow): void {
  if (appointment.status !== 'Hold') throw conflict(`Appointment ${appointment.id} is not on hold.`);
  updateAppointment(desk, appointment, { status: 'Scheduled' });
  noteJobEvent(desk, appointment.jobId, 'Appointment Hold Removed');
  refreshJob(desk, appointment.jobId);
}

export function confirmAppointment(desk: Desk, appointment: AppointmentRow, isConfirmed: boolean): void {
  requireOpen(appointment, isConfirmed ? 'confirmed' : 'taken back');
  updateAppointment(desk, appointment, { isConfirmed });
}

export function instruct(
  desk: Desk,
  appointment: AppointmentRow,
  specialInstructions: string,
): AppointmentRow {
  requireOpen(appointment, 'instructed');
  return updateAppointment(desk, appointment, { specialInstructions });
}

function requireOpen({ id, active, status }: AppointmentRow, verb: string): void {
  if (!active || status === 'Done' || status === 'Canceled') {
    throw conflict(`Appointment ${id} is ${active ? status : 'deleted'} and cannot be ${verb}.`);
  }
}

/** Brings what a job says of its appointments up to date. Only a change of its own status moves its modifiedOn. */
export function refreshJob(desk: Desk, jobId: number): void {
  const { jobs } = desk.records;
  const job = jobs.get(jobId);
  if (!job) return;
  const appointments = appointmentsOf(desk, jobId);
  const refreshed: JobRow = {
    ...job,
    jobStatus: closedJobStatuses.has(job.jobStatus) ? job.jobStatus : statusFrom(appointments),
    appointmentCount: appointments.length,
    ...endsOf(desk, job),
  };
  if (refreshed.jobStatus === job.jobStatus) jobs.putQuietly(refreshed);
  else jobs.put({ ...refreshed, modifiedOn: desk.now });
}

/** Hold when all or the last are on hold, InProgress from the first dispatch on, else Scheduled. */
export function statusFrom(appointments: readonly AppointmentRow[]): string {
  if (
    appointments.length > 0 &&
    appointments.every((row) => row.status === 'Hold' || row.status === 'Done')
  ) {
    if (appointments.some((row) => row.status === 'Hold')) return 'Hold';
  }
  return appointments.some((row) => startedStatuses.has(row.status)) ? 'InProgress' : 'Scheduled';
}
