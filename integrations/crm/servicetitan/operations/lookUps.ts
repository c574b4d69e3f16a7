import { z } from 'zod';
import type { CallInput } from './address.ts';
import type { Calls } from './calls.ts';
import type { ListPage } from './readList.ts';
import type { CallOptions } from './runSingle.ts';

/** What became of a write whose answer was lost. */
type Found = { done: true; reply?: unknown } | { done: false };

export type LookUp = (
  calls: Calls,
  write: { input: CallInput; startedAt: Date; options: CallOptions },
) => Promise<Found>;

const withId = z.looseObject({ id: z.int() });
const withBody = <Shape extends z.ZodRawShape>(shape: Shape) => z.looseObject({ body: z.looseObject(shape) });

/** ServiceTitan's clock and ours may differ by this much. */
const clockToleranceMs = 2 * 60_000;

function since(startedAt: Date): string {
  return new Date(startedAt.getTime() - clockToleranceMs).toISOString();
}

/** The write is done if the record reads so. */
function state<Row>(
  read: (calls: Calls, id: number, options: CallOptions) => Promise<Row>,
  isDone: (row: Row) => boolean,
  reply: (row: Row) => unknown = () => undefined,
): LookUp {
  return async (calls, { input, options }) => {
    const row = await read(calls, withId.parse(input).id, options);
    return isDone(row) ? { done: true, reply: reply(row) } : { done: false };
  };
}

/** The write is done if one of these records is what was to be made. */
function made<Row>(
  read: (calls: Calls, write: Parameters<LookUp>[1]) => AsyncIterable<ListPage<Row>> | undefined,
  isIt: (row: Row, write: Parameters<LookUp>[1]) => boolean,
): LookUp {
  return async (calls, write) => {
    for await (const { records } of read(calls, write) ?? []) {
      const row = records.find((record) => isIt(record, write));
      if (row !== undefined) return { done: true, reply: row };
    }
    return { done: false };
  };
}

const reference = withBody({
  externalData: z.object({
    applicationGuid: z.string(),
    externalData: z.array(z.object({ key: z.string(), value: z.string() })).min(1),
  }),
});

/** The filter that finds a record by the first of the integrator's own keys; undefined where it was given none. */
function byReference(input: CallInput) {
  const body = reference.safeParse(input).data?.body.externalData;
  const entry = body?.externalData[0];
  if (!body || !entry) return undefined;
  return {
    externalDataApplicationGuid: body.applicationGuid,
    externalDataKey: entry.key,
    externalDataValues: [entry.value],
  };
}

function isNote(
  { text, createdOn }: { text: string; createdOn: string },
  { input, startedAt }: Parameters<LookUp>[1],
): boolean {
  const isSame = withBody({ text: z.string() }).parse(input).body.text === text;
  return isSame && Date.parse(createdOn) >= Date.parse(since(startedAt));
}

const job = (calls: Calls, id: number, options: CallOptions) => calls.getJob({ id }, options);
const estimate = (calls: Calls, id: number, options: CallOptions) => calls.getEstimate({ id }, options);
const appointment = (calls: Calls, id: number, options: CallOptions) => calls.getAppointment({ id }, options);
const always = () => true;

/** How a write is recognized whose answer was lost. Where nothing tells, there is no entry. */
export const lookUps: Readonly<Record<string, LookUp>> = {
  createCustomer: made((calls, { input, options }) => {
    const filter = byReference(input);
    return filter && calls.listCustomers(filter, options);
  }, always),
  createLocation: made((calls, { input, options }) => {
    const filter = byReference(input);
    return filter && calls.listLocations(filter, options);
  }, always),
  createJob: made((calls, { input, options }) => {
    const filter = byReference(input);
    return filter && calls.listJobs(filter, options);
  }, always),
  createProject: made((calls, { input, options }) => {
    const filter = byReference(input);
    return filter && calls.listProjects(filter, options);
  }, always),
  createService: made((calls, { input, options }) => {
    const filter = byReference(input);
    return filter && calls.listServices(filter, options);
  }, always),
  createBooking: made(
    (calls, { input, options }) => calls.listProviderBookings({ externalId: externalIdOf(input) }, options),
    // An ignored filter would answer with other bookings.
    (booking, { input }) => booking.externalId === externalIdOf(input),
  ),
  addAppointment: made(
    (calls, { input, startedAt, options }) =>
      calls.listAppointments(
        { jobId: visit.parse(input).body.jobId, createdOnOrAfter: since(startedAt) },
        options,
      ),
    ({ start }, { input }) => Date.parse(start) === Date.parse(visit.parse(input).body.start),
  ),
  createCustomerContact: made(
    (calls, { input, options }) => calls.listContactsOfCustomer({ id: withId.parse(input).id }, options),
    ({ type, value }, { input }) => {
      const { body } = withBody({ type: z.string(), value: z.string() }).parse(input);
      return body.type === type && body.value === value;
    },
  ),
  createCustomerNote: made(
    (calls, { input, options }) => calls.listCustomerNotes({ id: withId.parse(input).id }, options),
    isNote,
  ),
  createLeadNote: made(
    (calls, { input, options }) => calls.listLeadNotes({ id: withId.parse(input).id }, options),
    isNote,
  ),
  createJobNote: made(
    (calls, { input, options }) => calls.listJobNotes({ id: withId.parse(input).id }, options),
    isNote,
  ),
  cancelJob: state(job, ({ jobStatus }) => jobStatus === 'Canceled'),
  removeJobCancellation: state(job, ({ jobStatus }) => jobStatus !== 'Canceled'),
  holdJob: state(job, ({ jobStatus }) => jobStatus === 'Hold'),
  completeJob: state(job, ({ jobStatus }) => jobStatus === 'Completed'),
  sellEstimate: state(
    estimate,
    ({ status }) => status?.name === 'Sold',
    (row) => row,
  ),
  unsellEstimate: state(estimate, ({ status }) => status?.name === 'Open'),
  dismissEstimate: state(estimate, ({ status }) => status?.name === 'Dismissed'),
  dismissLead: state(
    (calls, id, options) => calls.getLead({ id }, options),
    ({ status }) => status === 'Dismissed',
  ),
  dismissBooking: state(
    (calls, id, options) => calls.getBooking({ id }, options),
    ({ status }) => status === 'Dismissed',
  ),
  holdAppointment: state(appointment, ({ status }) => status === 'Hold'),
  removeAppointmentHold: state(appointment, ({ status }) => status !== 'Hold'),
  confirmAppointment: state(appointment, ({ isConfirmed }) => isConfirmed),
  removeAppointmentConfirmation: state(appointment, ({ isConfirmed }) => !isConfirmed),
  deleteAppointment: state(appointment, ({ active }) => !active),
};

const visit = withBody({ jobId: z.int(), start: z.string() });

function externalIdOf(input: CallInput): string {
  return withBody({ externalId: z.string() }).parse(input).body.externalId;
}
