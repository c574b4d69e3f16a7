import { assignTechnicians, unassignTechnicians } from '../office/assignments.ts';
import { requireRow } from '../office/Desk.ts';
import { without } from '../resources/defineResource.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import { checkLinks } from './checkLinks.ts';
import { technicianChoiceBody } from './jobBodies.ts';
import { type Call, readBody, type Route } from './route.ts';

const path = 'dispatch/v2/tenant/:tenant/appointment-assignments';
const scope = 'dis.appointmentassignments';

/** Dispatching shows less of an appointment than planning does. */
const hidden: ReadonlySet<string> = new Set(['customerId', 'unused', 'createdById', 'isConfirmed', 'active']);

function readChoice(call: Call): { appointment: AppointmentRow; technicianIds: readonly number[] } {
  const body = readBody(call, technicianChoiceBody);
  const { records } = call.desk;
  checkLinks(records, body);
  const appointment = requireRow(records.appointments, 'Appointment', body.jobAppointmentId);
  return { appointment, technicianIds: body.technicianIds };
}

export const assignmentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${path}/assign-technicians`,
    scope,
    handle: (call) => {
      const { appointment, technicianIds } = readChoice(call);
      assignTechnicians(call.desk, appointment, technicianIds);
      return without(appointment, hidden);
    },
  },
  {
    method: 'POST',
    path: `${path}/unassign-technicians`,
    scope,
    handle: (call) => {
      const { appointment, technicianIds } = readChoice(call);
      unassignTechnicians(call.desk, appointment, technicianIds);
      return without(appointment, hidden);
    },
  },
];
