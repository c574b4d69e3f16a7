import { describe, expect, it } from 'vitest';
import type { RecordSet } from '#backend/state/records.ts';
import {
  at,
  booking,
  canceledLog,
  customer,
  derive,
  estimate,
  homeOf,
  install,
  job,
  lead,
  otherType,
} from './builders.ts';

interface Row {
  name: string;
  records: Partial<RecordSet>;
  homes: Record<string, string | undefined>;
}

function check({ records, homes }: Row): void {
  const journeys = derive(records);
  const found = Object.keys(homes).map((key) => [key, homeOf(journeys, key)]);
  expect(Object.fromEntries(found)).toEqual(homes);
}

const sold = { status: 'Sold', soldOn: at(18) };
const fromAnother = { customerId: 8, locationId: 80 };

describe('a sales job', () => {
  it.each<Row>([
    {
      name: 'founds its own, also in the project of another',
      records: { jobs: [job({ projectId: 5 }), job({ id: 101, projectId: 5 })] },
      homes: { 'job:100': 'job:100', 'job:101': 'job:101' },
    },
    {
      name: 'that was taken out has no journey',
      records: { jobs: [job({ active: false })] },
      homes: { 'job:100': undefined },
    },
    {
      name: 'becomes void and has no journey when it was a duplicate',
      records: { jobs: [job({ recallForId: 1 })] },
      homes: { 'job:100': undefined },
    },
  ])('$name', check);
});

describe('an install job', () => {
  it.each<Row>([
    {
      name: 'joins the estimate it was created from, across customers',
      records: {
        jobs: [job(), install({ createdFromEstimateId: 900, ...fromAnother })],
        estimates: [estimate()],
      },
      homes: { 'job:200': 'job:100', 'estimate:900': 'job:100' },
    },
    {
      name: 'joins that estimate also when it does not count',
      records: {
        jobs: [job(), install({ createdFromEstimateId: 900 })],
        estimates: [estimate({ active: false })],
      },
      homes: { 'job:200': 'job:100', 'estimate:900': undefined },
    },
    {
      name: 'joins an estimate that founds its own because of it, though it does not count',
      records: {
        jobs: [install({ createdFromEstimateId: 900 })],
        estimates: [estimate({ jobId: null, isChangeOrder: true })],
      },
      homes: { 'job:200': 'estimate:900' },
    },
    {
      name: 'joins the job of kind other that its estimate hangs on',
      records: {
        jobs: [job({ jobTypeId: otherType }), install({ createdFromEstimateId: 900 })],
        estimates: [estimate({ subtotal: 1 })],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'does not join an estimate whose job is void',
      records: {
        jobs: [job({ recallForId: 1 }), install({ createdFromEstimateId: 900 })],
        estimates: [estimate(sold)],
      },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'goes on to the sales of its location when its estimate is not known',
      records: { jobs: [job(), install({ createdFromEstimateId: 901 })], estimates: [estimate(sold)] },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'joins the last sale of its project before the last sale of its location',
      records: {
        jobs: [job({ projectId: 5, ...fromAnother }), job({ id: 101 }), install({ projectId: 5 })],
        estimates: [estimate(sold), estimate({ id: 901, jobId: 101, status: 'Sold', soldOn: at(19) })],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'finds its project by a counting estimate as well',
      records: {
        jobs: [job(fromAnother), install({ projectId: 5 })],
        estimates: [estimate({ ...sold, projectId: 5 })],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'joins the journey that was sold last before it',
      records: {
        jobs: [job(), job({ id: 101 }), install()],
        estimates: [estimate(sold), estimate({ id: 901, jobId: 101, status: 'Sold', soldOn: at(19) })],
      },
      homes: { 'job:200': 'job:101' },
    },
    {
      name: 'joins the smaller of two that were sold at once',
      records: {
        jobs: [job({ id: 101 }), job(), install()],
        estimates: [estimate({ ...sold, jobId: 101 }), estimate({ ...sold, id: 901 })],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'joins the smaller of two that were sold at once, whatever founded it',
      records: {
        jobs: [job({ id: 101 }), job({ jobTypeId: otherType }), install()],
        estimates: [estimate({ ...sold, jobId: 101 }), estimate({ ...sold, id: 901 })],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'joins a sale exactly 7 days after it was created',
      records: { jobs: [job(), install()], estimates: [estimate({ status: 'Sold', soldOn: at(27) })] },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'does not join a sale later than that',
      records: { jobs: [job(), install()], estimates: [estimate({ status: 'Sold', soldOn: at(27, 1) })] },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'takes a sale without a date as sold when it was created',
      records: { jobs: [job(), install()], estimates: [estimate({ status: 'Sold', modifiedOn: at(29) })] },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'does not join an estimate that is only open',
      records: { jobs: [job(), install()], estimates: [estimate()] },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'does not join a sale at another location',
      records: { jobs: [job(), install({ locationId: 71 })], estimates: [estimate(sold)] },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'does not join a sale of another customer at the location',
      records: { jobs: [job(), install({ customerId: 8 })], estimates: [estimate(sold)] },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'joins a sale of a customer who was merged into its own',
      records: {
        customers: [customer({ id: 7, mergedToId: 8 })],
        jobs: [job(), install({ customerId: 8 })],
        estimates: [estimate(sold)],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'takes no unknown location for the same',
      records: {
        jobs: [job({ locationId: null }), install({ locationId: null })],
        estimates: [estimate(sold)],
      },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'joins the lowest sales job of its project that is not canceled',
      records: {
        jobs: [
          job({ id: 99, projectId: 5, jobStatus: 'Canceled' }),
          job({ projectId: 5 }),
          job({ id: 101, projectId: 5 }),
          install({ projectId: 5 }),
        ],
      },
      homes: { 'job:200': 'job:100' },
    },
    {
      name: 'founds its own when every sales job of its project is canceled',
      records: { jobs: [job({ projectId: 5, jobStatus: 'Canceled' }), install({ projectId: 5 })] },
      homes: { 'job:200': 'job:200' },
    },
    {
      name: 'without anything founds its own',
      records: { jobs: [install()] },
      homes: { 'job:200': 'job:200' },
    },
  ])('$name', check);
});

describe('a circle', () => {
  it.each<Row>([
    {
      name: 'of an estimate on the very job that was created from it is cut at the job',
      records: { jobs: [install({ createdFromEstimateId: 900 })], estimates: [estimate({ jobId: 200 })] },
      homes: { 'job:200': 'job:200', 'estimate:900': 'job:200' },
    },
    {
      name: 'places the job at which it is cut by the rest of its rule',
      records: {
        jobs: [job({ projectId: 5 }), install({ createdFromEstimateId: 900, projectId: 5 })],
        estimates: [estimate({ jobId: 200 })],
      },
      homes: { 'job:200': 'job:100', 'estimate:900': 'job:100' },
    },
    {
      name: 'of two jobs is cut at the one created first',
      records: {
        jobs: [
          install({ createdOn: at(22), createdFromEstimateId: 901 }),
          install({ id: 201, createdOn: at(21), createdFromEstimateId: 900 }),
        ],
        estimates: [estimate({ jobId: 200 }), estimate({ id: 901, jobId: 201 })],
      },
      homes: {
        'job:200': 'job:201',
        'job:201': 'job:201',
        'estimate:900': 'job:201',
        'estimate:901': 'job:201',
      },
    },
    {
      name: 'takes along the jobs that lead into it',
      records: {
        jobs: [
          install({ id: 202, createdOn: at(19), createdFromEstimateId: 900 }),
          install({ createdOn: at(22), createdFromEstimateId: 901 }),
          install({ id: 201, createdOn: at(21), createdFromEstimateId: 900 }),
        ],
        estimates: [estimate({ jobId: 200 }), estimate({ id: 901, jobId: 201 })],
      },
      homes: { 'job:202': 'job:201', 'job:200': 'job:201', 'job:201': 'job:201' },
    },
  ])('$name', check);
});

describe('a counting estimate', () => {
  const completed = { jobStatus: 'Completed', completedOn: at(24), createdFromEstimateId: 900 };

  it.each<Row>([
    {
      name: 'with a sales job joins it, across customers',
      records: { jobs: [job()], estimates: [estimate({ customerId: 8, locationId: 80 })] },
      homes: { 'estimate:900': 'job:100' },
    },
    {
      name: 'with an install job joins that of the job',
      records: {
        jobs: [job(), install({ createdFromEstimateId: 900 })],
        estimates: [estimate(), estimate({ id: 901, jobId: 200, createdOn: at(21) })],
      },
      homes: { 'estimate:901': 'job:100' },
    },
    {
      name: 'with a job of kind other is rooted at the job',
      records: { jobs: [job({ jobTypeId: otherType })], estimates: [estimate()] },
      homes: { 'estimate:900': 'job:100', 'job:100': 'job:100' },
    },
    {
      name: 'with an unclassified job is rooted at the job',
      records: { jobs: [job({ jobTypeId: 99 })], estimates: [estimate()] },
      homes: { 'estimate:900': 'job:100' },
    },
    {
      name: 'with an unknown job is rooted at the job',
      records: { estimates: [estimate(), estimate({ id: 901 })] },
      homes: { 'estimate:900': 'job:100', 'estimate:901': 'job:100' },
    },
    {
      name: 'with a job that was taken out is rooted at the job',
      records: { jobs: [job({ active: false })], estimates: [estimate()] },
      homes: { 'estimate:900': 'job:100' },
    },
    {
      name: 'without a job joins the lowest sales job of its project that is not canceled',
      records: {
        jobs: [
          job({ id: 99, projectId: 5, jobStatus: 'Canceled' }),
          job({ projectId: 5 }),
          job({ id: 101, projectId: 5 }),
        ],
        estimates: [estimate({ jobId: null, projectId: 5 })],
      },
      homes: { 'estimate:900': 'job:100' },
    },
    {
      name: 'without a job joins the lowest sales job of its project when all are canceled',
      records: {
        jobs: [
          job({ projectId: 5, jobStatus: 'Canceled' }),
          job({ id: 101, projectId: 5, jobStatus: 'Canceled' }),
        ],
        estimates: [estimate({ jobId: null, projectId: 5 })],
      },
      homes: { 'estimate:900': 'job:100' },
    },
    {
      name: 'without a job and a project founds its own',
      records: { jobs: [job()], estimates: [estimate({ jobId: null })] },
      homes: { 'estimate:900': 'estimate:900' },
    },
    {
      name: 'without a job founds its own in a project without sales jobs',
      records: { jobs: [install({ projectId: 5 })], estimates: [estimate({ jobId: null, projectId: 5 })] },
      homes: { 'estimate:900': 'estimate:900' },
    },
    {
      name: 'created after an install of the journey was completed founds its own',
      records: {
        jobs: [job(), install(completed)],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(24, 1) })],
      },
      homes: { 'estimate:900': 'job:100', 'job:200': 'job:100', 'estimate:901': 'estimate:901' },
    },
    {
      name: 'created at the very moment of the completion stays',
      records: {
        jobs: [job(), install(completed)],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(24) })],
      },
      homes: { 'estimate:901': 'job:100' },
    },
    {
      name: 'created before the install itself stays, whenever that was completed',
      records: {
        jobs: [job(), install({ ...completed, completedOn: at(14) })],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(20) })],
      },
      homes: { 'estimate:901': 'job:100' },
    },
    {
      name: 'takes an install without a completion date as completed when it was created',
      records: {
        jobs: [job(), install({ ...completed, completedOn: null })],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(21) })],
      },
      homes: { 'estimate:901': 'estimate:901' },
    },
    {
      name: 'that an install was completed before stays in the journey it founded',
      records: {
        jobs: [install({ ...completed, completedOn: at(14), createdOn: at(13) })],
        estimates: [estimate({ jobId: null })],
      },
      homes: { 'job:200': 'estimate:900', 'estimate:900': 'estimate:900' },
    },
    {
      name: 'is new after the first of several completions',
      records: {
        jobs: [
          job(),
          install({ ...completed, completedOn: at(28) }),
          install({ ...completed, id: 201, createdOn: at(21) }),
          install({ ...completed, id: 202, createdOn: at(22), completedOn: at(29) }),
        ],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(26) })],
      },
      homes: { 'estimate:900': 'job:100', 'estimate:901': 'estimate:901' },
    },
    {
      name: 'stays when the install was canceled',
      records: {
        jobs: [job(), install({ ...completed, jobStatus: 'Canceled' })],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(28) })],
      },
      homes: { 'estimate:901': 'job:100' },
    },
    {
      name: 'stays when the install was reopened',
      records: {
        jobs: [job(), install({ ...completed, jobStatus: 'InProgress' })],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(25) })],
      },
      homes: { 'estimate:901': 'job:100' },
    },
    {
      name: 'of a later purchase takes the later install along',
      records: {
        jobs: [
          job(),
          install(completed),
          install({ id: 201, createdOn: at(27), createdFromEstimateId: 901 }),
        ],
        estimates: [estimate(sold), estimate({ id: 901, createdOn: at(25), status: 'Sold', soldOn: at(26) })],
      },
      homes: { 'estimate:901': 'estimate:901', 'job:201': 'estimate:901', 'job:200': 'job:100' },
    },
  ])('$name', check);
});

describe('a lead', () => {
  const open = { createdOn: at(5) };
  const closed = { ...open, jobStatus: 'Completed' };

  it.each<Row>([
    {
      name: 'joins the first sales job created at the same moment',
      records: { leads: [lead({ createdOn: at(10) })], jobs: [job()] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins it though it was over at once',
      records: { leads: [lead({ createdOn: at(10) })], jobs: [job({ jobStatus: 'Completed' })] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins the first of several',
      records: { leads: [lead()], jobs: [job({ id: 99, createdOn: at(12) }), job()] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins the smaller of two created at once',
      records: { leads: [lead()], jobs: [job({ id: 101 }), job()] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins one created exactly 30 days later',
      records: { leads: [lead()], jobs: [job({ createdOn: at(31) })] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'does not join one created later than that',
      records: { leads: [lead()], jobs: [job({ createdOn: at(31, 1) })] },
      homes: { 'lead:300': 'lead:300' },
    },
    {
      name: 'joins one of the customer that its own was merged into',
      records: {
        customers: [customer({ id: 8, mergedToId: 7 })],
        leads: [lead({ customerId: 8 })],
        jobs: [job()],
      },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins no install and no other job',
      records: { leads: [lead()], jobs: [install(), job({ jobTypeId: otherType })] },
      homes: { 'lead:300': 'lead:300' },
    },
    {
      name: 'joins the newest sales job that was open when it came',
      records: {
        leads: [lead({ createdOn: at(11) })],
        jobs: [job({ ...open, id: 99, createdOn: at(4) }), job(open)],
      },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins the smaller of two open ones that were created at once',
      records: {
        leads: [lead({ createdOn: at(11) })],
        jobs: [job({ ...open, id: 101 }), job(open), job({ ...closed, id: 99, completedOn: at(6) })],
      },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'joins one that was completed only after it came',
      records: { leads: [lead({ createdOn: at(11) })], jobs: [job({ ...closed, completedOn: at(11, 1) })] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'does not join one that was completed at that moment',
      records: { leads: [lead({ createdOn: at(11) })], jobs: [job({ ...closed, completedOn: at(11) })] },
      homes: { 'lead:300': 'lead:300' },
    },
    {
      name: 'takes a completed job without a date as completed when it was created',
      records: { leads: [lead({ createdOn: at(11) })], jobs: [job({ ...closed, modifiedOn: at(20) })] },
      homes: { 'lead:300': 'lead:300' },
    },
    {
      name: 'joins one that was canceled only after it came',
      records: {
        leads: [lead({ createdOn: at(11) })],
        jobs: [job({ ...open, jobStatus: 'Canceled' })],
        canceledLogs: [canceledLog({ createdOn: at(12) })],
      },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'passes over a newer job that was over to an older one that was open',
      records: {
        leads: [lead({ createdOn: at(11) })],
        jobs: [job({ createdOn: at(4) }), job({ ...closed, id: 101, completedOn: at(6) })],
      },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'prefers a job booked after it to one that was open',
      records: { leads: [lead({ createdOn: at(9) })], jobs: [job({ ...open, id: 99 }), job()] },
      homes: { 'lead:300': 'job:100' },
    },
    {
      name: 'without a customer founds its own',
      records: { leads: [lead({ customerId: null })], jobs: [job({ customerId: null })] },
      homes: { 'lead:300': 'lead:300' },
    },
    {
      name: 'that was taken out has no journey',
      records: { leads: [lead({ active: false })] },
      homes: { 'lead:300': undefined },
    },
  ])('$name', check);
});

describe('a booking', () => {
  it.each<Row>([
    {
      name: 'with a sales job joins it, before the lead that names it',
      records: {
        bookings: [booking({ jobId: 100 })],
        jobs: [job({ customerId: 8 })],
        leads: [lead({ bookingId: 400 })],
      },
      homes: { 'booking:400': 'job:100', 'lead:300': 'lead:300' },
    },
    {
      name: 'with a job of kind other is at home at the job',
      records: { bookings: [booking({ jobId: 100 })], jobs: [job({ jobTypeId: otherType })] },
      homes: { 'booking:400': 'job:100' },
    },
    {
      name: 'with a void job joins the lead that names it',
      records: {
        bookings: [booking({ jobId: 100 })],
        jobs: [job({ warrantyId: 1 })],
        leads: [lead({ bookingId: 400 })],
      },
      homes: { 'booking:400': 'lead:300' },
    },
    {
      name: 'joins the smallest of the leads that name it, wherever that one is',
      records: {
        bookings: [booking()],
        leads: [lead({ id: 301, bookingId: 400, customerId: 8 }), lead({ bookingId: 400, createdOn: at(2) })],
        jobs: [job()],
      },
      homes: { 'booking:400': 'job:100', 'lead:301': 'lead:301', 'lead:300': 'job:100' },
    },
    {
      name: 'named by a lead that was taken out founds its own',
      records: { bookings: [booking()], leads: [lead({ bookingId: 400, active: false })] },
      homes: { 'booking:400': 'booking:400' },
    },
    {
      name: 'founds its own',
      records: { bookings: [booking()] },
      homes: { 'booking:400': 'booking:400' },
    },
  ])('$name', check);

  it('has no customer but that of its job', () => {
    expect(derive({ bookings: [booking()] })[0]?.customerId).toBeNull();
    const ofVoid = derive({ bookings: [booking({ jobId: 100 })], jobs: [job({ warrantyId: 1 })] });
    expect(ofVoid[0]?.customerId).toBe(7);
  });
});
