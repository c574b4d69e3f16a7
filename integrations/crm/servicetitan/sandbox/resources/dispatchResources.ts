import { assignmentRow } from '../rows/assignmentRow.ts';
import { defineResource } from './defineResource.ts';
import { idIn, integerIs } from './filters.ts';
import { commonSorts } from './readList.ts';

export const appointmentAssignments = defineResource({
  name: 'appointment_assignments',
  aliases: ['assignments'],
  noun: 'Appointment assignment',
  scope: 'dis.appointmentassignments',
  select: (records) => records.appointment_assignments,
  schema: assignmentRow.loose(),
  fill: (raw, records) => {
    const appointmentId = typeof raw['appointmentId'] === 'number' ? raw['appointmentId'] : null;
    const technicianId = typeof raw['technicianId'] === 'number' ? raw['technicianId'] : null;
    const jobId = records.appointments.get(appointmentId)?.jobId;
    const technicianName = records.technicians.get(technicianId)?.name;
    return {
      ...(jobId !== undefined && { jobId }),
      ...(technicianName !== undefined && { technicianName }),
    };
  },
  listPath: 'dispatch/v2/tenant/:tenant/appointment-assignments',
  exportPaths: ['dispatch/v2/tenant/:tenant/export/appointment-assignments'],
  exportTakesActive: true,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    appointmentIds: idIn((row) => row.appointmentId),
    jobId: integerIs((row) => row.jobId),
  },
});
