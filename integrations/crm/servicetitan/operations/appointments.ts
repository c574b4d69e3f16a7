import { z } from 'zod';
import { jobCancellation } from './jobs.ts';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const appointment = z.object({
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
  customerId: id,
  unused: flag,
  createdById: id,
  isConfirmed: flag,
  active: flag,
});

const newAppointment = z.strictObject({
  jobId: id,
  start: sentTime,
  end: sentTime,
  arrivalWindowStart: sentTime.nullish(),
  arrivalWindowEnd: sentTime.nullish(),
  technicianIds: z.array(id).nullish(),
  specialInstructions: text.nullish(),
});

const newTimes = z.strictObject({
  start: sentTime.optional(),
  end: sentTime.optional(),
  arrivalWindowStart: sentTime.nullish(),
  arrivalWindowEnd: sentTime.nullish(),
});

const instructions = z.strictObject({ specialInstructions: text });

const jpm = apiModule('jpm/v2');

export const appointmentOperations = {
  listAppointments: jpm.list('appointments', {
    scope: 'jpm.appointments',
    query: {
      ...standard,
      ids: parameter.ids,
      active: parameter.active,
      jobId: parameter.id,
      projectId: parameter.id,
      number: parameter.text,
      status: parameter.choice('Scheduled', 'Dispatched', 'Working', 'Hold', 'Done', 'Canceled'),
      startsOnOrAfter: parameter.time,
      startsBefore: parameter.time,
      technicianId: parameter.id,
      customerId: parameter.id,
      unused: parameter.flag,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
    },
    row: appointment,
  }),
  getAppointment: jpm.get('appointments/{id}', { scope: 'jpm.appointments', reply: appointment }),
  addAppointment: jpm.post('appointments', {
    scope: 'jpm.appointments',
    body: newAppointment,
    reply: appointment,
  }),
  deleteAppointment: jpm.delete('appointments/{id}', { scope: 'jpm.appointments', reply: nothing }),
  rescheduleAppointment: jpm.patch('appointments/{id}/reschedule', {
    scope: 'jpm.appointments',
    body: newTimes,
    reply: appointment,
    repeatable: false,
  }),
  holdAppointment: jpm.put('appointments/{id}/hold', {
    scope: 'jpm.appointments',
    body: jobCancellation,
    reply: nothing,
  }),
  removeAppointmentHold: jpm.delete('appointments/{id}/hold', { scope: 'jpm.appointments', reply: nothing }),
  confirmAppointment: jpm.put('appointments/{id}/confirmation', {
    scope: 'jpm.appointments',
    reply: nothing,
  }),
  removeAppointmentConfirmation: jpm.delete('appointments/{id}/confirmation', {
    scope: 'jpm.appointments',
    reply: nothing,
  }),
  setAppointmentInstructions: jpm.put('appointments/{id}/special-instructions', {
    scope: 'jpm.appointments',
    body: instructions,
    reply: appointment,
    repeatable: true,
  }),
  exportAppointments: jpm.feed('export/appointments', {
    scope: 'jpm.appointments',
    row: appointment,
    takesActive: true,
  }),
};
