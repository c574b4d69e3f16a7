import {
  addAppointment,
  confirmAppointment,
  deleteAppointment,
  holdAppointment,
  instruct,
  releaseAppointment,
  reschedule,
} from '../office/appointments.ts';
import { requireRow } from '../office/Desk.ts';
import { appointments } from '../resources/jobResources.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import { invalid } from './ApiError.ts';
import { checkOrder } from './checkJob.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { instructionsBody, newAppointmentBody, reasonBody, rescheduleBody } from './jobBodies.ts';
import { checkHoldReason } from './jobRoutes.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/appointments';
const scope = 'jpm.appointments';

function appointmentOf(call: Call): AppointmentRow {
  return requireRow(call.desk.records.appointments, 'Appointment', pathId(call));
}

function showAppointment(call: Call, { id }: AppointmentRow) {
  return appointments.get(call.desk.records, id);
}

export const appointmentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { jobId, ...appointment } = readBody(call, newAppointmentBody);
      const job = call.desk.records.jobs.get(jobId);
      if (!job) throw invalid({ jobId: [`Job ${jobId} was not found.`] });
      checkLinks(call.desk.records, appointment);
      checkOrder(appointment);
      return showAppointment(call, addAppointment(call.desk, job, givenMembers(appointment)));
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id`,
    scope,
    handle: (call) => deleteAppointment(call.desk, appointmentOf(call)),
  },
  {
    method: 'PATCH',
    path: `${path}/:id/reschedule`,
    scope,
    handle: (call) => {
      const appointment = appointmentOf(call);
      const times = sentMembers(readBody(call, rescheduleBody));
      checkOrder({ ...appointment, ...times });
      return showAppointment(call, reschedule(call.desk, appointment, times));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/hold`,
    scope,
    handle: (call) => {
      const appointment = appointmentOf(call);
      const { reasonId, memo } = readBody(call, reasonBody);
      checkHoldReason(call, reasonId);
      holdAppointment(call.desk, appointment, memo);
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id/hold`,
    scope,
    handle: (call) => releaseAppointment(call.desk, appointmentOf(call)),
  },
  {
    method: 'PUT',
    path: `${path}/:id/confirmation`,
    scope,
    handle: (call) => confirmAppointment(call.desk, appointmentOf(call), true),
  },
  {
    method: 'DELETE',
    path: `${path}/:id/confirmation`,
    scope,
    handle: (call) => confirmAppointment(call.desk, appointmentOf(call), false),
  },
  {
    method: 'PUT',
    path: `${path}/:id/special-instructions`,
    scope,
    handle: (call) => {
      const appointment = appointmentOf(call);
      const { specialInstructions } = readBody(call, instructionsBody);
      return showAppointment(call, instruct(call.desk, appointment, specialInstructions));
    },
  },
];
