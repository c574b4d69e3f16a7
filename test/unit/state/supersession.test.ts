import { describe, expect, it } from 'vitest';
import type { RecordSet } from '#backend/state/records.ts';
import {
  at,
  booking,
  canceledLog,
  customer,
  derive,
  estimate,
  install,
  job,
  lead,
  otherType,
  statesOf,
} from './builders.ts';

interface Row {
  name: string;
  records: Partial<RecordSet>;
  states: Record<string, number>;
}

function check({ records, states }: Row): void {
  expect(statesOf(derive(records))).toMatchObject(states);
}

const canceledVisit = job({ jobStatus: 'Canceled' });
const log = canceledLog();
const lateLead = lead({ createdOn: at(12) });
const other = { id: 101 };

describe('1, 2.5 and 5.5 are superseded', () => {
  it.each<Row>([
    {
      name: 'by an open job of another journey, even an older one',
      records: { jobs: [canceledVisit, job({ ...other, createdOn: at(5) })], canceledLogs: [log] },
      states: { 'job:100': 0, 'job:101': 2 },
    },
    {
      name: 'by a job created later, though it was canceled too',
      records: {
        jobs: [canceledVisit, job({ ...other, createdOn: at(12, 1), jobStatus: 'Canceled' })],
        canceledLogs: [log, canceledLog({ id: 601, jobId: 101, createdOn: at(13) })],
      },
      states: { 'job:100': 0, 'job:101': 2.5 },
    },
    {
      name: 'by a job completed later',
      records: {
        jobs: [canceledVisit, job({ ...other, jobStatus: 'Completed', completedOn: at(12, 1) })],
        canceledLogs: [log],
      },
      states: { 'job:100': 0, 'job:101': 0 },
    },
    {
      name: 'by a job canceled later',
      records: {
        jobs: [canceledVisit, job({ ...other, jobStatus: 'Canceled' })],
        canceledLogs: [log, canceledLog({ id: 601, jobId: 101, createdOn: at(12, 1) })],
      },
      states: { 'job:100': 0, 'job:101': 2.5 },
    },
    {
      name: 'a lead, by an open job of another journey that it did not join',
      records: {
        leads: [lateLead],
        bookings: [booking({ jobId: 100 })],
        jobs: [job({ jobTypeId: otherType })],
      },
      states: { 'lead:300': 0 },
    },
    {
      name: 'a canceled install, by a new visit',
      records: {
        jobs: [install({ jobStatus: 'Canceled', modifiedOn: at(21) }), job({ createdOn: at(22) })],
      },
      states: { 'job:200': 0, 'job:100': 2 },
    },
    {
      name: 'by a journey of a customer who was merged into its own',
      records: {
        customers: [customer({ id: 8, mergedToId: 7 })],
        jobs: [canceledVisit, job({ ...other, customerId: 8 })],
      },
      states: { 'job:100': 0 },
    },
  ])('$name', check);
});

describe('1, 2.5 and 5.5 are not superseded', () => {
  it.each<Row>([
    {
      name: 'by jobs that were created, completed or canceled no later',
      records: {
        jobs: [canceledVisit, job({ ...other, jobStatus: 'Completed', completedOn: at(12) })],
        canceledLogs: [log],
      },
      states: { 'job:100': 2.5 },
    },
    {
      name: 'by a cancellation at the same moment, neither by the other',
      records: {
        jobs: [canceledVisit, job({ ...other, jobStatus: 'Canceled' })],
        canceledLogs: [log, canceledLog({ id: 601, jobId: 101 })],
      },
      states: { 'job:100': 2.5, 'job:101': 2.5 },
    },
    {
      name: 'by a job of another customer',
      records: { jobs: [canceledVisit, job({ ...other, customerId: 8 })], canceledLogs: [log] },
      states: { 'job:100': 2.5 },
    },
    {
      name: 'by a void job',
      records: { jobs: [canceledVisit, job({ ...other, recallForId: 1 })], canceledLogs: [log] },
      states: { 'job:100': 2.5 },
    },
    {
      name: 'by their own jobs',
      records: {
        jobs: [job(), install({ createdFromEstimateId: 900, jobStatus: 'Canceled' })],
        estimates: [estimate()],
      },
      states: { 'job:100': 5.5 },
    },
    {
      name: 'among strangers without a customer',
      records: {
        jobs: [job({ customerId: null, jobStatus: 'Canceled' }), job({ ...other, customerId: null })],
      },
      states: { 'job:100': 2.5 },
    },
  ])('$name', check);
});

describe('3 is superseded', () => {
  const visited = job({ jobStatus: 'Completed', completedOn: at(15) });
  const otherVisit = job({ ...other, jobStatus: 'Completed', completedOn: at(15) });
  const soldThere = (soldOn: string) => estimate({ id: 901, jobId: 101, status: 'Sold', soldOn });

  it.each<Row>([
    {
      name: 'by a later sale at the same location',
      records: { jobs: [visited, otherVisit], estimates: [estimate(), soldThere(at(15, 1))] },
      states: { 'job:100': 0, 'job:101': 4 },
    },
    {
      name: 'by an install without an estimate that was created later',
      records: { jobs: [visited, install({ jobStatus: 'Canceled' })], estimates: [estimate()] },
      states: { 'job:100': 0, 'job:200': 5.5 },
    },
  ])('$name', check);

  it.each<Row>([
    {
      name: 'by a sale at the same moment',
      records: { jobs: [visited, otherVisit], estimates: [estimate(), soldThere(at(15))] },
      states: { 'job:100': 3, 'job:101': 4 },
    },
    {
      name: 'by a later sale at another location',
      records: {
        jobs: [visited, { ...otherVisit, locationId: 71 }],
        estimates: [estimate(), soldThere(at(16))],
      },
      states: { 'job:100': 3, 'job:101': 4 },
    },
    {
      name: 'by a later sale where no location is known',
      records: {
        jobs: [
          { ...visited, locationId: null },
          { ...otherVisit, locationId: null },
        ],
        estimates: [estimate(), soldThere(at(16))],
      },
      states: { 'job:100': 3, 'job:101': 4 },
    },
    {
      name: 'by a journey whose first sale was earlier, though it was sold to again',
      records: {
        jobs: [visited, otherVisit],
        estimates: [
          estimate(),
          soldThere(at(14)),
          estimate({ id: 902, jobId: 101, status: 'Sold', soldOn: at(17) }),
        ],
      },
      states: { 'job:100': 3, 'job:101': 4 },
    },
    {
      name: 'by another visit',
      records: { jobs: [visited, job({ ...other, createdOn: at(20) })], estimates: [estimate()] },
      states: { 'job:100': 3, 'job:101': 2 },
    },
  ])('but not $name', check);
});

it('names what supersedes it, and keeps no entering record', () => {
  const [journey] = derive({ jobs: [canceledVisit, job(other)] });
  expect(journey).toMatchObject({
    state: 0,
    ruleState: 0,
    enteringKey: null,
    supersededBy: { type: 'job', id: 101 },
    explanation: 'It gave way to another opportunity (job J101), in which the customer went on.',
  });
});

it('counts by the table, so that a reset of the other journey changes nothing', () => {
  const records = {
    jobs: [
      job({ jobStatus: 'Completed', completedOn: at(15) }),
      install({ id: 201, jobStatus: 'Completed', completedOn: at(21) }),
    ],
    estimates: [estimate()],
  };
  expect(statesOf(derive(records, { day: 120 }))).toEqual({ 'job:100': 0, 'job:201': 0 });
});
