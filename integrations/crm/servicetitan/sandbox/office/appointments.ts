import { conflict } from '../api/ApiError.ts';
import { appointmentRow, type AppointmentRow, type JobRow } from '../rows/jobRows.ts';
import type { Desk } from './Desk.ts';

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

export function putNewAppointment(
  { records, now }: Desk,
  job: JobRow,
  input: NewAppointment,
): AppointmentRow {
  const number = records.appointments.ownedBy(job.id).length + 1;
  return records.appointments.put(
    appointmentRow.parse({
      ...input,
      technicianIds: input.technicianIds ?? [],
      id: records.appointments.nextId(),
      jobId: job.id,
      customerId: job.customerId,
      appointmentNumber: `${job.jobNumber}-${number}`,
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export function addAppointment(desk: Desk, job: JobRow, input: NewAppointment): AppointmentRow {
  if (closedJobStatuses.has(job.jobStatus)) {
    throw conflict(`Job ${job.id} is ${job.jobStatus}: no appointment can be added.`);
  }
  const appointment = putNewAppointment(desk, job, input);
  refreshJob(desk, job.id, { isDated: true });
  return appointment;
}

/** Appointments cannot be canceled by themselves, only deleted, and never the only one of a job. */
export function deleteAppointment(desk: Desk, appointment: AppointmentRow): void {
  if (appointmentsOf(desk, appointment.jobId).length <= 1) {
    throw conflict(
      `Appointment ${appointment.id} is the only one of job ${appointment.jobId} and cannot be deleted.`,
    );
  }
  if (appointment.status === 'Working' || appointment.status === 'Done') {
    throw conflict(`Appointment ${appointment.id} is ${appointment.status} and cannot be deleted.`);
  }
  updateAppointment(desk, appointment, { active: false });
  refreshJob(desk, appointment.jobId, { isDated: true });
}

/** Changes an appointment. The job's own modifiedOn does not move. */
export function updateAppointment(
  { records, now }: Desk,
  appointment: AppointmentRow,
  changes: Partial<AppointmentRow>,
): AppointmentRow {
  return records.appointments.put({ ...appointment, ...changes, modifiedOn: now });
}

export function reschedule(
  desk: Desk,
  appointment: AppointmentRow,
  times: Partial<Pick<AppointmentRow, 'start' | 'end' | 'arrivalWindowStart' | 'arrivalWindowEnd'>>,
): AppointmentRow {
  requireOpen(appointment, 'rescheduled');
  return updateAppointment(desk, appointment, { ...times, isConfirmed: false });
}

export function holdAppointment(desk: Desk, appointment: AppointmentRow): void {
  requireOpen(appointment, 'put on hold');
  updateAppointment(desk, appointment, { status: 'Hold' });
  refreshJob(desk, appointment.jobId, { isDated: true });
}

export function releaseAppointment(desk: Desk, appointment: AppointmentRow): void {
  if (appointment.status !== 'Hold') throw conflict(`Appointment ${appointment.id} is not on hold.`);
  updateAppointment(desk, appointment, { status: 'Scheduled' });
  refreshJob(desk, appointment.jobId, { isDated: true });
}

export function confirmAppointment(desk: Desk, appointment: AppointmentRow, isConfirmed: boolean): void {
  requireOpen(appointment, isConfirmed ? 'confirmed' : 'taken back');
  updateAppointment(desk, appointment, { isConfirmed });
}

function requireOpen({ id, active, status }: AppointmentRow, verb: string): void {
  if (!active || status === 'Done' || status === 'Canceled') {
    throw conflict(`Appointment ${id} is ${active ? status : 'deleted'} and cannot be ${verb}.`);
  }
}

/** Brings what a job says of its appointments up to date; undated where the change must not move its modifiedOn. */
export function refreshJob(desk: Desk, jobId: number, { isDated }: { isDated: boolean }): void {
  const { jobs } = desk.records;
  const job = jobs.get(jobId);
  if (!job) return;
  const appointments = appointmentsOf(desk, jobId);
  const refreshed: JobRow = {
    ...job,
    jobStatus: closedJobStatuses.has(job.jobStatus) ? job.jobStatus : statusFrom(appointments),
    appointmentCount: appointments.length,
    firstAppointmentId: appointments[0]?.id ?? job.firstAppointmentId,
    lastAppointmentId: appointments.at(-1)?.id ?? job.lastAppointmentId,
  };
  if (isDated) jobs.put({ ...refreshed, modifiedOn: desk.now });
  else jobs.putQuietly(refreshed);
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
