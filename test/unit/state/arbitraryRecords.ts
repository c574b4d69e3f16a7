import * as fc from 'fast-check';
import type { RecordSet } from '#backend/state/records.ts';
import {
  appointment,
  at,
  booking,
  canceledLog,
  customer,
  estimate,
  installType,
  invoicedItem,
  job,
  lead,
  otherType,
  salesType,
} from './builders.ts';

// Few ids and few days, so that links meet and dates tie.
const day = fc.integer({ min: 0, max: 40 }).map((value) => at(value));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null });
const id = fc.integer({ min: 1, max: 5 });
const customerId = fc.integer({ min: 1, max: 3 });
const locationId = maybe(fc.integer({ min: 1, max: 2 }));
const projectId = maybe(fc.integer({ min: 1, max: 2 }));
const mostly = fc.integer({ min: 0, max: 9 }).map((value) => value > 0);
const rarely = fc.integer({ min: 0, max: 9 }).map((value) => value === 0);

const customers = fc
  .record({ id: customerId, mergedToId: maybe(customerId), modifiedOn: day })
  .map((fields) => customer(fields));
const leads = fc
  .record({
    id,
    status: fc.constantFrom('Open', 'Open', 'Dismissed', 'Converted'),
    customerId: maybe(customerId),
    bookingId: maybe(id),
    createdOn: day,
    modifiedOn: day,
    active: mostly,
  })
  .map((fields) => lead(fields));
const bookings = fc
  .record({
    id,
    status: fc.constantFrom('New', 'Accepted', 'Converted'),
    jobId: maybe(id),
    createdOn: day,
    modifiedOn: day,
    active: mostly,
  })
  .map((fields) => booking(fields));
const jobs = fc
  .record({
    id,
    projectId,
    customerId: maybe(customerId),
    locationId,
    jobStatus: fc.constantFrom('Scheduled', 'InProgress', 'Hold', 'Completed', 'Completed', 'Canceled'),
    jobTypeId: fc.constantFrom(salesType, salesType, installType, otherType, 99),
    recallForId: rarely.map((isRecall) => (isRecall ? 1 : null)),
    createdOn: day,
    modifiedOn: day,
    completedOn: maybe(day),
    total: fc.constantFrom(null, 0, 5000),
    createdFromEstimateId: fc.oneof(fc.constant(null), id),
    active: mostly,
  })
  .map((fields) => job(fields));
const appointments = fc
  .record({
    id,
    jobId: id,
    start: fc.integer({ min: 20, max: 260 }).map((value) => at(value)),
    status: fc.constantFrom('Scheduled', 'Done', 'Canceled'),
    createdOn: day,
    modifiedOn: day,
    unused: rarely,
    active: mostly,
  })
  .map((fields) => appointment(fields));
const canceledLogs = fc
  .record({ id, jobId: id, createdOn: day, active: mostly, reasonId: maybe(fc.integer({ min: 1, max: 3 })) })
  .map((fields) => canceledLog(fields));
const estimates = fc
  .record({
    id,
    jobId: maybe(id),
    projectId,
    locationId,
    customerId: maybe(customerId),
    status: fc.constantFrom('Open', 'Sold', 'Sold', 'Dismissed'),
    createdOn: day,
    modifiedOn: day,
    soldOn: maybe(day),
    subtotal: fc.constantFrom(0, 500, 5000),
    items: fc.array(fc.constant(invoicedItem), { maxLength: 1 }),
    active: mostly,
  })
  .map((fields) => estimate(fields));

/** Any set of records, each perhaps in several versions. */
export const anyRecords: fc.Arbitrary<RecordSet> = fc.record({
  customers: fc.array(customers, { maxLength: 4 }),
  leads: fc.array(leads, { maxLength: 5 }),
  bookings: fc.array(bookings, { maxLength: 4 }),
  jobs: fc.array(jobs, { maxLength: 8 }),
  appointments: fc.array(appointments, { maxLength: 6 }),
  canceledLogs: fc.array(canceledLogs, { maxLength: 4 }),
  estimates: fc.array(estimates, { maxLength: 8 }),
});

/** The same with a version of its own for each modifiedOn, so that "read later" decides nothing. */
export const anyVersions: fc.Arbitrary<RecordSet> = anyRecords.map((records) => ({
  customers: versioned(records.customers),
  leads: versioned(records.leads),
  bookings: versioned(records.bookings),
  jobs: versioned(records.jobs),
  appointments: versioned(records.appointments),
  canceledLogs: [...new Map(records.canceledLogs.map((log) => [log.id, log])).values()],
  estimates: versioned(records.estimates),
}));

/** All dates given, so that nothing falls back on modifiedOn. */
export function dated(records: RecordSet): RecordSet {
  return {
    ...records,
    jobs: records.jobs.map((record) =>
      Object.assign({}, record, {
        completedOn: record.completedOn ?? record.createdOn,
        jobStatus: record.jobStatus === 'Canceled' ? 'Completed' : record.jobStatus,
      }),
    ),
    estimates: records.estimates.map((record) =>
      Object.assign({}, record, { soldOn: record.soldOn ?? record.createdOn }),
    ),
  };
}

function versioned<R extends { id: number; modifiedOn: string }>(records: readonly R[]): R[] {
  return [...new Map(records.map((record) => [`${record.id} ${record.modifiedOn}`, record])).values()];
}
