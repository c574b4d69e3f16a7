import { describe, expect, it } from 'vitest';
import type { JobRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
import { stateNumbers } from '#backend/schemas/state.ts';
import type { Journey } from '#backend/state/journey.ts';
import type { RecordSet } from '#backend/state/records.ts';
import { stateRules } from '#backend/state/stateRules.ts';
import { stateOf, states } from '#backend/state/states.ts';
import {
  appointment,
  at,
  booking,
  canceledLog,
  deriveOne,
  estimate,
  install,
  invoicedItem,
  job,
  lead,
  otherType,
} from './builders.ts';

interface Row {
  name: string;
  records: Partial<RecordSet>;
  is: Partial<Journey>;
}

/** Day 30 is a few days after all of this, so that no reset is near. */
function check({ records, is }: Row): void {
  expect(deriveOne(records)).toMatchObject(is);
}

const sold = { status: 'Sold', soldOn: at(18) };
const soldVisit = {
  jobs: [job({ jobStatus: 'Completed', completedOn: at(15) })],
  estimates: [estimate(sold)],
};
const withInstalls = (...installs: Partial<JobRecord>[]) => ({
  jobs: [...soldVisit.jobs, ...installs.map((fields) => install({ createdFromEstimateId: 900, ...fields }))],
  estimates: soldVisit.estimates,
});
const completed = { jobStatus: 'Completed', completedOn: at(25) };
const canceled = { jobStatus: 'Canceled', modifiedOn: at(26) };
const installAppointment = appointment({ jobId: 200, createdOn: at(21), start: at(40) });

describe('6: install complete', () => {
  it.each<Row>([
    {
      name: 'holds when an install job is completed',
      records: withInstalls(completed),
      is: { state: 6, rule: 'install_completed', enteringKey: 'job:200', happenedAt: at(25), jobId: 200 },
    },
    {
      name: 'is entered by the job completed last',
      records: withInstalls({ ...completed, id: 201 }, completed, {
        ...completed,
        id: 202,
        completedOn: at(24),
      }),
      is: { state: 6, enteringKey: 'job:200' },
    },
    {
      name: 'holds though another install was canceled',
      records: withInstalls(completed, { ...canceled, id: 201 }),
      is: { state: 6, enteringKey: 'job:200' },
    },
    {
      name: 'falls back on modifiedOn, and says so',
      records: withInstalls({ jobStatus: 'Completed', modifiedOn: at(26) }),
      is: { state: 6, happenedAt: at(26), happenedFromModifiedOn: true },
    },
    {
      name: 'does not hold while another install is open',
      records: { ...withInstalls(completed, { id: 201, jobStatus: 'Hold' }) },
      is: { state: 4 },
    },
  ])('$name', check);

  const spot = { jobStatus: 'Completed', completedOn: at(16), total: 5000 };
  const invoiced = { ...sold, items: [invoicedItem] };
  it.each<Row>([
    {
      name: 'holds when the sold work was done on the visit itself',
      records: { jobs: [job(spot)], estimates: [estimate(invoiced)] },
      is: { state: 6, rule: 'done_on_the_spot', enteringKey: 'job:100', happenedAt: at(16), jobId: 100 },
    },
    {
      name: 'holds so for a root job of kind other as well',
      records: { jobs: [job({ ...spot, jobTypeId: otherType })], estimates: [estimate(invoiced)] },
      is: { state: 6, rule: 'done_on_the_spot' },
    },
    {
      name: 'does not hold when the total is below the subtotal',
      records: { jobs: [job({ ...spot, total: 4999.99 })], estimates: [estimate(invoiced)] },
      is: { state: 4 },
    },
    {
      name: 'does not hold without a total',
      records: { jobs: [job({ ...spot, total: null })], estimates: [estimate(invoiced)] },
      is: { state: 4 },
    },
    {
      name: 'does not hold when no item is on an invoice',
      records: {
        jobs: [job(spot)],
        estimates: [estimate({ ...sold, items: [{ ...invoicedItem, invoiceItemId: null }] })],
      },
      is: { state: 4 },
    },
    {
      name: 'does not hold when the estimate is not sold',
      records: { jobs: [job(spot)], estimates: [estimate({ items: [invoicedItem] })] },
      is: { state: 3 },
    },
    {
      name: 'does not hold for an estimate of the project that is not on the job',
      records: {
        jobs: [job({ ...spot, projectId: 5 })],
        estimates: [estimate({ ...invoiced, jobId: null, projectId: 5 })],
      },
      is: { state: 4 },
    },
    {
      name: 'does not hold before the visit is completed',
      records: { jobs: [job({ ...spot, jobStatus: 'InProgress' })], estimates: [estimate(invoiced)] },
      is: { state: 4 },
    },
    {
      name: 'does not hold so in a journey with an install job',
      records: {
        jobs: [job(spot), install({ createdFromEstimateId: 900 })],
        estimates: [estimate(invoiced)],
      },
      is: { state: 4 },
    },
  ])('on the spot $name', check);
});

describe('5: install scheduled', () => {
  it.each<Row>([
    {
      name: 'holds when an open install has an active appointment',
      records: { ...withInstalls({}), appointments: [installAppointment] },
      is: {
        state: 5,
        rule: 'install_booked',
        enteringKey: 'job:200',
        happenedAt: at(21),
        enteringCreatedOn: at(20),
        jobId: 200,
        appointmentAhead: true,
      },
    },
    {
      name: 'holds though the appointment is done or past',
      records: {
        ...withInstalls({}),
        appointments: [{ ...installAppointment, status: 'Done', start: at(22) }],
      },
      is: { state: 5, appointment: null, appointmentAhead: false },
    },
    {
      name: 'is entered by the open install with an appointment that was created first',
      records: {
        ...withInstalls(
          { createdOn: at(22) },
          { id: 201, createdOn: at(21) },
          { id: 202, createdOn: at(19) },
        ),
        appointments: [installAppointment, appointment({ id: 501, jobId: 201, createdOn: at(24) })],
      },
      is: { state: 5, enteringKey: 'job:201', happenedAt: at(24) },
    },
    {
      name: 'happened when its oldest active appointment was created',
      records: {
        ...withInstalls({}),
        appointments: [
          installAppointment,
          { ...installAppointment, id: 501, createdOn: at(20.5) },
          { ...installAppointment, id: 502, createdOn: at(20.2), active: false },
        ],
      },
      is: { state: 5, happenedAt: at(20.5) },
    },
    {
      name: 'goes before a canceled install',
      records: { ...withInstalls({}, { ...canceled, id: 201 }), appointments: [installAppointment] },
      is: { state: 5 },
    },
    {
      name: 'does not hold when the appointment was deleted',
      records: { ...withInstalls({}), appointments: [{ ...installAppointment, active: false }] },
      is: { state: 4 },
    },
    {
      name: 'does not hold when the install is not open',
      records: { ...withInstalls(canceled), appointments: [installAppointment] },
      is: { state: 5.5 },
    },
  ])('$name', check);

  it.each(['Scheduled', 'Dispatched', 'InProgress', 'Hold'])('counts %s as open', (jobStatus) => {
    const records = { ...withInstalls({ jobStatus }), appointments: [installAppointment] };
    expect(deriveOne(records).state).toBe(5);
  });
});

describe('5.5: install canceled', () => {
  const log = canceledLog({ jobId: 200, createdOn: at(23) });
  it.each<Row>([
    {
      name: 'holds when all installs are canceled, and is entered by the log',
      records: { ...withInstalls(canceled), canceledLogs: [log] },
      is: {
        state: 5.5,
        rule: 'installs_canceled',
        enteringKey: 'canceled_log:600',
        happenedAt: at(23),
        enteringModifiedOn: at(23),
        jobId: 200,
      },
    },
    {
      name: 'is entered by the job when the log is not active',
      records: { ...withInstalls(canceled), canceledLogs: [{ ...log, active: false }] },
      is: { state: 5.5, enteringKey: 'job:200', happenedAt: at(26), happenedFromModifiedOn: true },
    },
    {
      name: 'is entered by the cancellation that came last',
      records: {
        ...withInstalls(canceled, { ...canceled, id: 201 }),
        canceledLogs: [log, { ...log, id: 601, jobId: 201, createdOn: at(24) }],
      },
      is: { state: 5.5, enteringKey: 'canceled_log:601', jobId: 201 },
    },
    {
      name: 'is entered by the last log of a job that was canceled twice',
      records: { ...withInstalls(canceled), canceledLogs: [{ ...log, id: 601, createdOn: at(24) }, log] },
      is: { state: 5.5, enteringKey: 'canceled_log:601', happenedAt: at(24) },
    },
    {
      name: 'does not hold while one install is open',
      records: { ...withInstalls(canceled, { id: 201 }), canceledLogs: [log] },
      is: { state: 4 },
    },
    {
      name: 'does not hold without install jobs',
      records: soldVisit,
      is: { state: 4 },
    },
  ])('$name', check);
});

describe('4: estimates sold', () => {
  it.each<Row>([
    {
      name: 'holds when a counting estimate is sold',
      records: soldVisit,
      is: {
        state: 4,
        rule: 'estimate_sold',
        enteringKey: 'estimate:900',
        happenedAt: at(18),
        jobId: 100,
        soldTotal: 5000,
      },
    },
    {
      name: 'is entered by the one sold first',
      records: {
        jobs: soldVisit.jobs,
        estimates: [estimate(sold), estimate({ id: 901, status: 'Sold', soldOn: at(17) })],
      },
      is: { state: 4, enteringKey: 'estimate:901', soldTotal: 10_000 },
    },
    {
      name: 'is entered by the smaller of two sold at once',
      records: {
        jobs: soldVisit.jobs,
        estimates: [estimate({ ...sold, id: 901, createdOn: at(14) }), estimate(sold)],
      },
      is: { state: 4, enteringKey: 'estimate:900' },
    },
    {
      name: 'holds while the visit is still on',
      records: { jobs: [job()], estimates: [estimate(sold)], appointments: [appointment()] },
      is: { state: 4 },
    },
    {
      name: 'falls back on modifiedOn, and says so',
      records: { jobs: soldVisit.jobs, estimates: [estimate({ status: 'Sold', modifiedOn: at(19) })] },
      is: { state: 4, happenedAt: at(19), happenedFromModifiedOn: true },
    },
    {
      name: 'does not hold when the sold estimate does not count',
      records: { jobs: [job()], estimates: [estimate({ ...sold, isChangeOrder: true })] },
      is: { state: 2 },
    },
    {
      name: 'does not hold when the sale was taken back',
      records: { jobs: soldVisit.jobs, estimates: [estimate()] },
      is: { state: 3 },
    },
  ])('$name', check);
});

describe('3: estimates created', () => {
  it.each<Row>([
    {
      name: 'holds when an estimate is open and the visit is over',
      records: { jobs: [job({ jobStatus: 'Completed' })], estimates: [estimate()] },
      is: {
        state: 3,
        rule: 'estimate_open',
        enteringKey: 'estimate:900',
        happenedAt: at(15),
        jobId: 100,
        openTotal: 5000,
      },
    },
    {
      name: 'holds when the visit is open without a live appointment',
      records: {
        jobs: [job()],
        estimates: [estimate()],
        appointments: [appointment({ status: 'Done' }), appointment({ id: 501, unused: true })],
      },
      is: { state: 3 },
    },
    {
      name: 'holds when the visit was canceled',
      records: {
        jobs: [job({ jobStatus: 'Canceled' })],
        estimates: [estimate()],
        appointments: [appointment()],
      },
      is: { state: 3 },
    },
    {
      name: 'is entered by the one created first',
      records: {
        jobs: [job({ jobStatus: 'Completed' })],
        estimates: [estimate({ id: 899, createdOn: at(16) }), estimate()],
      },
      is: { state: 3, enteringKey: 'estimate:900' },
    },
    {
      name: 'takes the root job where the estimate has no job',
      records: {
        jobs: [job({ jobStatus: 'Completed', projectId: 5 })],
        estimates: [estimate({ jobId: null, projectId: 5 })],
      },
      is: { state: 3, jobId: 100 },
    },
    {
      name: 'has no job where there is none',
      records: { estimates: [estimate({ jobId: null })] },
      is: { state: 3, jobId: null },
    },
    {
      name: 'does not hold while the open visit has a live appointment',
      records: { jobs: [job()], estimates: [estimate()], appointments: [appointment({ status: 'Working' })] },
      is: { state: 2 },
    },
    {
      name: 'does not hold while an open root job of kind other has one',
      records: {
        jobs: [job({ jobTypeId: otherType })],
        estimates: [estimate()],
        appointments: [appointment()],
      },
      is: { state: 0 },
    },
    {
      name: 'does not hold when all estimates were dismissed',
      records: { jobs: [job({ jobStatus: 'Completed' })], estimates: [estimate({ status: 'Dismissed' })] },
      is: { state: 0 },
    },
  ])('$name', check);
});

describe('2: sales appointment booked', () => {
  it.each<Row>([
    {
      name: 'holds when a sales job is open, and happened when its oldest active appointment was created',
      records: {
        jobs: [job()],
        appointments: [
          appointment({ createdOn: at(12), start: at(50) }),
          appointment({ id: 501, createdOn: at(11), start: at(60) }),
        ],
      },
      is: {
        state: 2,
        rule: 'visit_booked',
        enteringKey: 'job:100',
        happenedAt: at(11),
        jobId: 100,
        appointmentAhead: true,
        appointment: {
          id: 500,
          start: at(50),
          end: at(50),
          arrivalWindowStart: null,
          arrivalWindowEnd: null,
        },
      },
    },
    {
      name: 'happened with the job when it has no active appointment',
      records: { jobs: [job()], appointments: [appointment({ active: false })] },
      is: { state: 2, happenedAt: at(10), appointment: null },
    },
    {
      name: 'an appointment that starts now lies ahead no more',
      records: { jobs: [job()], appointments: [appointment({ start: at(30) })] },
      is: { state: 2, appointmentAhead: false },
    },
    {
      name: 'an appointment that starts the next tick lies ahead',
      records: { jobs: [job()], appointments: [appointment({ start: at(30, 1) })] },
      is: { state: 2, appointmentAhead: true },
    },
    {
      name: 'does not hold when the job is completed',
      records: { jobs: [job({ jobStatus: 'Completed' })] },
      is: { state: 0 },
    },
  ])('$name', check);
});

describe('2.5: sales appointment canceled', () => {
  it.each<Row>([
    {
      name: 'holds when the sales job is canceled, and is entered by the log',
      records: { jobs: [job({ jobStatus: 'Canceled' })], canceledLogs: [canceledLog()] },
      is: {
        state: 2.5,
        rule: 'visit_canceled',
        enteringKey: 'canceled_log:600',
        happenedAt: at(12),
        jobId: 100,
      },
    },
    {
      name: 'is entered by the job without a log',
      records: { jobs: [job({ jobStatus: 'Canceled', modifiedOn: at(13) })] },
      is: { state: 2.5, enteringKey: 'job:100', happenedAt: at(13), happenedFromModifiedOn: true },
    },
    {
      name: 'does not hold when an estimate is open',
      records: { jobs: [job({ jobStatus: 'Canceled' })], estimates: [estimate()] },
      is: { state: 3 },
    },
    {
      name: 'does not hold when the cancellation was taken back',
      records: { jobs: [job()], canceledLogs: [canceledLog({ active: false })] },
      is: { state: 2 },
    },
  ])('$name', check);
});

describe('1: lead', () => {
  it.each<Row>([
    {
      name: 'holds when its lead is open',
      records: { leads: [lead()] },
      is: { state: 1, rule: 'lead_open', enteringKey: 'lead:300', happenedAt: at(1), jobId: null },
    },
    {
      name: 'does not hold when its lead is dismissed, whatever its booking is',
      records: { leads: [lead({ status: 'Dismissed', bookingId: 400 })], bookings: [booking()] },
      is: { state: 0, enteringKey: null, happenedAt: null },
    },
    {
      name: 'does not hold when its lead is converted',
      records: { leads: [lead({ status: 'Converted' })] },
      is: { state: 0 },
    },
    {
      name: 'is entered by the lead and not by its booking',
      records: { leads: [lead({ bookingId: 400 })], bookings: [booking()] },
      is: { state: 1, enteringKey: 'lead:300' },
    },
    {
      name: 'holds without a lead when its booking is new',
      records: { bookings: [booking()] },
      is: { state: 1, rule: 'booking_waiting', enteringKey: 'booking:400', happenedAt: at(1) },
    },
    {
      name: 'holds without a lead when its booking is accepted',
      records: { bookings: [booking({ status: 'Accepted' })] },
      is: { state: 1 },
    },
    {
      name: 'does not hold when its booking is dismissed',
      records: { bookings: [booking({ status: 'Dismissed' })] },
      is: { state: 0 },
    },
    {
      name: 'does not hold when it has a job',
      records: {
        leads: [lead()],
        bookings: [booking({ jobId: 100 })],
        jobs: [job({ jobStatus: 'Completed' })],
      },
      is: { state: 0 },
    },
    {
      name: 'does not hold when its booking has a job of kind other',
      records: { bookings: [booking({ jobId: 100 })], jobs: [job({ jobTypeId: otherType })] },
      is: { state: 0 },
    },
  ])('$name', check);
});

describe('the table of states', () => {
  it('has each state once, and a rule for each but 0', () => {
    expect(states.map(({ value }) => value)).toEqual(stateNumbers);
    expect([0, ...stateRules.map(({ state }) => state)]).toEqual([0, 6, 6, 5, 5.5, 4, 3, 2, 2.5, 1, 1]);
    expect(stateNumbers.map((value) => stateOf(value).value)).toEqual(stateNumbers);
  });

  it('starts a flow for each state but 0', () => {
    expect(states.filter(({ flow }) => flow === null).map(({ value }) => value)).toEqual([0]);
  });

  it('hangs 2 and 5 on their job', () => {
    expect(states.filter(({ hangsOnJob }) => hangsOnJob).map(({ value }) => value)).toEqual([2, 5]);
  });
});

describe('the sentence', () => {
  it('says why a journey is in its state, and what would change it', () => {
    const journey = deriveOne({ jobs: [job()], appointments: [appointment()] });
    expect(journey.explanation).toBe('Sales job J100 is open.');
    expect(journey.wouldChange).toBe(
      'An estimate once the visit is over, or canceling the job, would change it. Otherwise it returns to Contact after 180 days without an appointment ahead.',
    );
  });
});
