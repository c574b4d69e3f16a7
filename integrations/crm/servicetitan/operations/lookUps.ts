import { z } from 'zod';
import type { CallInput } from './address.ts';
import type { Calls } from './calls.ts';
import { created, inState, isSameContact, isSameNote, type LookUp, type Write } from './lookUp.ts';
import { byReference, carriesReference } from './references.ts';

const withId = z.looseObject({ id: z.int() });
const ofRecord = ({ input }: Write) => ({ id: withId.parse(input).id });

const job = (calls: Calls, write: Write) => calls.getJob(ofRecord(write), write.options);
const estimate = (calls: Calls, write: Write) => calls.getEstimate(ofRecord(write), write.options);
const appointment = (calls: Calls, write: Write) => calls.getAppointment(ofRecord(write), write.options);

const booking = z.looseObject({ body: z.looseObject({ externalId: z.string() }) });
const visit = z.looseObject({ body: z.looseObject({ jobId: z.int(), start: z.string() }) });
const times = z.looseObject({
  body: z.object({ start: z.string().optional(), end: z.string().optional() }),
});
const parents = z.looseObject({
  body: z.looseObject({ customerId: z.int().optional(), locationId: z.int().optional() }),
});

/** How a write is recognized whose answer was lost. Where nothing tells, there is no entry. */
export const lookUps: Readonly<Record<string, LookUp>> = {
  createCustomer: created({
    read: (calls, write) => {
      const filter = byReference(write);
      return filter && calls.listCustomers(filter, write.options);
    },
    isIt: (row, write) => carriesReference(row, write),
    reply: async (calls, row, { options }) => {
      const locations = [];
      for await (const page of calls.listLocations({ customerId: row.id }, options)) {
        for (const location of page.records) locations.push(await withContacts(calls, location));
      }
      return {
        ...row,
        locations,
        contacts: await all(calls.listContactsOfCustomer({ id: row.id }, options)),
      };
    },
  }),
  createLocation: created({
    read: (calls, write) => {
      const filter = byReference(write);
      return filter && calls.listLocations(filter, write.options);
    },
    isIt: (row, write) => carriesReference(row, write) && hasParents(row, write.input),
    reply: withContacts,
  }),
  createJob: created({
    read: (calls, write) => {
      const filter = byReference(write);
      return filter && calls.listJobs(filter, write.options);
    },
    isIt: (row, write) => carriesReference(row, write) && hasParents(row, write.input),
  }),
  createProject: created({
    read: (calls, write) => {
      const filter = byReference(write);
      return filter && calls.listProjects(filter, write.options);
    },
    isIt: (row, write) => carriesReference(row, write) && hasParents(row, write.input),
  }),
  createService: created({
    read: (calls, write) => {
      const filter = byReference(write);
      return filter && calls.listServices(filter, write.options);
    },
    isIt: (row, write) => carriesReference({ ...row, externalData: row.externalData ?? [] }, write),
  }),
  createBooking: created({
    read: (calls, { input, options }) =>
      calls.listProviderBookings({ externalId: booking.parse(input).body.externalId }, options),
    isIt: (row, { input }) => row.externalId === booking.parse(input).body.externalId,
  }),
  addAppointment: created({
    isExact: false,
    read: (calls, { input, options }) =>
      calls.listAppointments({ jobId: visit.parse(input).body.jobId }, options),
    isIt: ({ start }, { input }) => isSameTime(start, visit.parse(input).body.start),
  }),
  createCustomerContact: created({
    isExact: false,
    read: (calls, write) => calls.listContactsOfCustomer(ofRecord(write), write.options),
    isIt: (row, write) => isSameContact(row, write),
  }),
  createCustomerNote: created({
    isExact: false,
    read: (calls, write) => calls.listCustomerNotes(ofRecord(write), write.options),
    isIt: (row, write) => isSameNote(row, write),
  }),
  createLeadNote: created({
    isExact: false,
    read: (calls, write) => calls.listLeadNotes(ofRecord(write), write.options),
    isIt: (row, write) => isSameNote(row, write),
  }),
  createJobNote: created({
    isExact: false,
    read: (calls, write) => calls.listJobNotes(ofRecord(write), write.options),
    isIt: (row, write) => isSameNote(row, write),
  }),
  cancelJob: inState(job, ({ jobStatus }) => jobStatus === 'Canceled'),
  removeJobCancellation: inState(job, ({ jobStatus }) => jobStatus !== 'Canceled'),
  holdJob: inState(job, ({ jobStatus }) => jobStatus === 'Hold'),
  completeJob: inState(job, ({ jobStatus }) => jobStatus === 'Completed'),
  sellEstimate: inState(
    estimate,
    ({ status }) => status?.name === 'Sold',
    (row) => row,
  ),
  unsellEstimate: inState(estimate, ({ status }) => status?.name === 'Open'),
  dismissEstimate: inState(estimate, ({ status }) => status?.name === 'Dismissed'),
  dismissLead: inState(
    (calls, write) => calls.getLead(ofRecord(write), write.options),
    ({ status }) => status === 'Dismissed',
  ),
  dismissBooking: inState(
    (calls, write) => calls.getBooking(ofRecord(write), write.options),
    ({ status }) => status === 'Dismissed',
  ),
  rescheduleAppointment: inState(
    appointment,
    (row, { input }) => {
      const { start, end } = times.parse(input).body;
      return isSameTime(row.start, start ?? row.start) && isSameTime(row.end, end ?? row.end);
    },
    (row) => row,
  ),
  holdAppointment: inState(appointment, ({ status }) => status === 'Hold'),
  removeAppointmentHold: inState(appointment, ({ status }) => status !== 'Hold'),
  confirmAppointment: inState(appointment, ({ isConfirmed }) => isConfirmed),
  removeAppointmentConfirmation: inState(appointment, ({ isConfirmed }) => !isConfirmed),
  deleteAppointment: inState(appointment, ({ active }) => !active),
};

function isSameTime(one: string, other: string): boolean {
  return Date.parse(one) === Date.parse(other);
}

/** A reference that two records carry belongs to the one that hangs where the write hung it. */
function hasParents(row: { customerId?: number; locationId?: number }, input: CallInput): boolean {
  const { customerId = row.customerId, locationId = row.locationId } = parents.parse(input).body;
  return row.customerId === customerId && row.locationId === locationId;
}

async function withContacts<Row extends { id: number }>(calls: Calls, location: Row) {
  return { ...location, contacts: await all(calls.listContactsOfLocation({ id: location.id })) };
}

async function all<Row>(pages: AsyncIterable<{ records: Row[] }>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { records } of pages) rows.push(...records);
  return rows;
}
