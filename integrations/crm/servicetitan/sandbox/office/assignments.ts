import { ApiError, conflict, invalid } from '../api/ApiError.ts';
import { assignmentRow, type AssignmentRow } from '../rows/assignmentRow.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import type { Desk } from './Desk.ts';
import { noteJobEvent } from './jobHistory.ts';

type Assigned = Pick<AppointmentRow, 'id' | 'jobId' | 'active' | 'status'>;

/** Who is on an appointment. */
export function assignmentsOf({ records }: Desk, appointmentId: number): AssignmentRow[] {
  return records.appointment_assignments.ownedBy(appointmentId).filter((row) => row.active);
}

/** Puts technicians on an appointment; whoever is on it already stays as he is. */
export function assign(desk: Desk, appointment: Assigned, technicianIds: readonly number[]): void {
  const { records, now } = desk;
  const known = new Set(assignmentsOf(desk, appointment.id).map((row) => row.technicianId));
  for (const technicianId of new Set(technicianIds)) {
    if (known.has(technicianId)) continue;
    const technicianName = records.technicians.get(technicianId)?.name ?? `Technician ${technicianId}`;
    records.appointment_assignments.put(
      assignmentRow.parse({
        id: records.appointment_assignments.nextId(),
        technicianId,
        technicianName,
        assignedOn: now,
        jobId: appointment.jobId,
        appointmentId: appointment.id,
        createdOn: now,
        modifiedOn: now,
      }),
    );
    noteJobEvent(desk, appointment.jobId, 'Technician Assigned', technicianName);
  }
}

/** As a dispatcher assigns: only on appointments that are still to be kept. */
export function assignTechnicians(
  desk: Desk,
  appointment: AppointmentRow,
  technicianIds: readonly number[],
): void {
  const closed = closedWord(appointment);
  if (closed !== null) {
    throw conflict(`Appointment ${appointment.id} is ${closed}: nobody can be assigned to it.`);
  }
  assign(desk, appointment, technicianIds);
}

export function unassignTechnicians(
  desk: Desk,
  appointment: AppointmentRow,
  technicianIds: readonly number[],
): void {
  const { records, now } = desk;
  const closed = closedWord(appointment);
  if (closed !== null) {
    throw new ApiError(400, `Appointment ${appointment.id} is ${closed}: nobody can be taken off it.`);
  }
  const assignments = assignmentsOf(desk, appointment.id);
  const absent = technicianIds.filter((id) => !assignments.some((row) => row.technicianId === id));
  if (absent.length > 0) {
    throw invalid({ technicianIds: absent.map((id) => `Technician ${id} is not on this appointment.`) });
  }
  for (const row of assignments.filter(({ technicianId }) => technicianIds.includes(technicianId))) {
    records.appointment_assignments.put({ ...row, active: false, modifiedOn: now });
    noteJobEvent(desk, row.jobId, 'Technician Unassigned', row.technicianName);
  }
}

/** Brings the assignments of an appointment to where the appointment is. */
export function followAppointment(desk: Desk, { id, active, status }: Assigned): void {
  const { records, now } = desk;
  for (const row of assignmentsOf(desk, id)) {
    if (!active) records.appointment_assignments.put({ ...row, active: false, modifiedOn: now });
    else if (isStep(status) && row.status !== status)
      records.appointment_assignments.put({ ...row, status, modifiedOn: now });
  }
}

/** Assignments know neither holds nor cancellations. */
function isStep(status: AppointmentRow['status']): status is AssignmentRow['status'] {
  return assignmentRow.shape.status.safeParse(status).success;
}

function closedWord({ active, status }: AppointmentRow): string | null {
  if (!active) return 'deleted';
  return status === 'Done' || status === 'Canceled' ? status : null;
}
