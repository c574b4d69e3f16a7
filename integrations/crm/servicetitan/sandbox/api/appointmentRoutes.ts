import {
  addAppointment,
  confirmAppointment,
  deleteAppointment,
  holdAppointment,
  releaseAppointment,
  reschedule,
} from '../office/appointments.ts';
import { requireRow } from '../office/Desk.ts';
import { without } from '../resources/defineResource.ts';
import type { AppointmentRow } from '../rows/jobRows.ts';
import { invalid } from './ApiError.ts';
import { newAppointmentBody, reasonBody, rescheduleBody } from './bodies.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'jpm/v2/tenant/:tenant/appointments';
const scope = 'jpm.appointments';

function appointmentOf(call: Call): AppointmentRow {
  return requireRow(call.desk.records.appointments, 'Appointment', pathId(call));
}

function showAppointment(appointment: AppointmentRow) {
  return without(appointment, new Set(['technicianIds']));
}

function checkOrder({ start, end }: { start: string; end: string }): void {
  if (end <= start) throw invalid({ end: ['The end must be after the start.'] });
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
      checkOrder(appointment);
      return showAppointment(addAppointment(call.desk, job, appointment));
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
      return showAppointment(reschedule(call.desk, appointment, times));
    },
  },
  {
    method: 'PUT',
    path: `${path}/:id/hold`,
    scope,
    handle: (call) => {
      readBody(call, reasonBody);
      holdAppointment(call.desk, appointmentOf(call));
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
];
