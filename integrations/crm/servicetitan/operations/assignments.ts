import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { flag, id, optional, text, timestamp, word } from './values.ts';

const appointmentAssignment = z.object({
  id,
  technicianId: id,
  technicianName: text,
  assignedById: id,
  assignedOn: timestamp,
  status: word('Scheduled', 'Dispatched', 'Working', 'Done'),
  isPaused: flag,
  jobId: id,
  appointmentId: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active: flag,
});

const assignmentAppointment = z.object({
  id,
  jobId: id,
  appointmentNumber: optional(text),
  start: timestamp,
  end: timestamp,
  arrivalWindowStart: optional(timestamp),
  arrivalWindowEnd: optional(timestamp),
  status: word('Scheduled', 'Dispatched', 'Working', 'Hold', 'Done', 'Canceled'),
  specialInstructions: optional(text),
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const techniciansToAssign = z.strictObject({ jobAppointmentId: id, technicianIds: z.array(id) });

const dispatch = apiModule('dispatch/v2');

export const assignmentOperations = {
  listAppointmentAssignments: dispatch.list('appointment-assignments', {
    scope: 'dis.appointmentassignments',
    query: {
      ...standard,
      ids: parameter.ids,
      appointmentIds: parameter.ids,
      jobId: parameter.id,
      sort: parameter.sort('Id', 'CreatedOn', 'ModifiedOn'),
      active: parameter.active,
    },
    row: appointmentAssignment,
  }),
  assignTechnicians: dispatch.post('appointment-assignments/assign-technicians', {
    scope: 'dis.appointmentassignments',
    body: techniciansToAssign,
    reply: assignmentAppointment,
  }),
  unassignTechnicians: dispatch.post('appointment-assignments/unassign-technicians', {
    scope: 'dis.appointmentassignments',
    body: techniciansToAssign,
    reply: assignmentAppointment,
  }),
  exportAppointmentAssignments: dispatch.feed('export/appointment-assignments', {
    scope: 'dis.appointmentassignments',
    row: appointmentAssignment,
    takesActive: true,
  }),
};
