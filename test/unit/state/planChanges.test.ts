import { describe, expect, it } from 'vitest';
import { customerState } from '#backend/state/customerState.ts';
import type { RecordSet } from '#backend/state/records.ts';
import {
  appointment,
  at,
  derive,
  estimate,
  install,
  job,
  lead,
  otherType,
  override,
  statesOf,
} from './builders.ts';
import { applyChanges, plan, rowsOf } from './storedRows.ts';

const booked: Partial<RecordSet> = { jobs: [job()], appointments: [appointment({ start: at(50) })] };
const visited = job({ jobStatus: 'Completed', completedOn: at(15) });
const offered: Partial<RecordSet> = { jobs: [visited], estimates: [estimate()] };

describe('a plan', () => {
  it('inserts a row for a new journey, with all that its entry says', () => {
    expect(plan(derive(booked))).toMatchObject([
      {
        type: 'insert',
        row: { root: { type: 'job', id: 100 }, state: 2, jobId: 100, customerId: 7, locationId: 70 },
        entry: {
          from: 0,
          to: 2,
          enteringKey: 'job:100',
          happenedAt: at(10),
          enteringCreatedOn: at(10),
          enteringModifiedOn: at(10),
          source: 'poll',
          backfill: false,
          settings: false,
          appointmentAhead: true,
        },
      },
    ]);
  });

  it('inserts a row without an entry for a new journey in 0', () => {
    expect(plan(derive({ leads: [lead({ status: 'Dismissed' })] }))).toMatchObject([
      { type: 'insert', row: { state: 0 }, entry: null },
    ]);
  });

  it('says nothing about a row that says it already', () => {
    expect(plan(derive(booked), rowsOf(derive(booked)))).toEqual([]);
    expect(plan(derive(booked, { day: 31 }), rowsOf(derive(booked)))).toEqual([]);
  });

  it('makes a transition of another state, against the version it was computed from', () => {
    const [row] = rowsOf(derive(booked));
    const rows = row ? [{ ...row, version: 8 }] : [];
    expect(plan(derive(offered), rows)).toMatchObject([
      {
        type: 'transition',
        rowId: 'row of job:100',
        expectedVersion: 8,
        row: { state: 3 },
        entry: { from: 2, to: 3, enteringKey: 'estimate:900' },
      },
    ]);
  });

  it('makes a transition of another job in 5', () => {
    const first = install({ createdFromEstimateId: 900 });
    const second = install({ id: 201, createdFromEstimateId: 900, createdOn: at(22) });
    const estimates = [estimate({ status: 'Sold', soldOn: at(18) })];
    const appointments = [appointment({ jobId: 200 }), appointment({ id: 501, jobId: 201 })];
    const before = derive({ jobs: [visited, first, second], estimates, appointments });
    const after = derive({
      jobs: [visited, { ...first, jobStatus: 'Canceled' }, second],
      estimates,
      appointments,
    });
    expect(plan(after, rowsOf(before))).toMatchObject([
      { type: 'transition', row: { jobId: 201 }, entry: { from: 5, to: 5, enteringKey: 'job:201' } },
    ]);
  });

  it('only refreshes another job in 3, and names the key that is used up', () => {
    const jobs = [visited];
    const before = derive({ jobs, estimates: [estimate()] });
    const after = derive({ jobs, estimates: [estimate({ status: 'Dismissed' }), estimate({ id: 901 })] });
    expect(plan(after, rowsOf(before))).toMatchObject([{ type: 'refresh', newEnteringKey: 'estimate:901' }]);
  });

  it('only refreshes the job id in 3 when the new estimate hangs on another job', () => {
    const jobs = [visited, install({ createdFromEstimateId: 900 })];
    const second = estimate({ id: 901, jobId: 200, createdOn: at(21) });
    const before = derive({ jobs, estimates: [estimate(), second] });
    const after = derive({ jobs, estimates: [estimate({ status: 'Dismissed' }), second] });
    expect(before).toMatchObject([{ state: 3, jobId: 100 }]);
    expect(plan(after, rowsOf(before))).toMatchObject([{ type: 'refresh', row: { state: 3, jobId: 200 } }]);
  });

  it('refreshes other fields without using up a key', () => {
    const moved = { ...booked, appointments: [appointment({ start: at(52) })] };
    expect(plan(derive(moved), rowsOf(derive(booked)))).toMatchObject([
      { type: 'refresh', row: { appointment: { start: at(52) } }, newEnteringKey: null },
    ]);
  });

  it('takes what happened before the connection was live for history', () => {
    expect(plan(derive(booked), [], { liveFrom: at(10, 1) })).toMatchObject([
      { entry: { source: 'backfill', backfill: true } },
    ]);
    expect(plan(derive(booked), [], { liveFrom: at(10) })).toMatchObject([
      { entry: { source: 'poll', backfill: false } },
    ]);
  });

  it('marks what changed settings brought about', () => {
    expect(plan(derive(booked), [], { source: 'settings' })).toMatchObject([
      { entry: { source: 'settings', settings: true } },
    ]);
  });

  it('puts leavings before entries, and entries in the order in which they happened, then by smallest root', () => {
    const before = derive({ jobs: [job({ id: 104, customerId: 11 })] });
    const after = derive({
      jobs: [
        job({ id: 104, customerId: 11, jobStatus: 'Completed' }),
        job({ id: 103, customerId: 10, createdOn: at(9) }),
        job({ id: 102, customerId: 9 }),
        job({ id: 101, customerId: 8 }),
      ],
    });
    const changes = plan(after, rowsOf(before));
    expect(changes.map(({ row }) => row.root.id)).toEqual([104, 103, 101, 102]);
  });

  it('lifts an override also where nothing else changes', () => {
    const overrides = [override(), override({ id: 'older', setAt: at(24) })];
    const rows = rowsOf(derive(offered, { overrides: [override()] }));
    expect(plan(derive(offered, { overrides, rows }), rows)).toMatchObject([
      { type: 'refresh', liftedOverrideIds: ['older'] },
    ]);
  });
});

describe('a row follows its journey', () => {
  const early = lead({ createdOn: at(5) });

  it('when its root joins another one that has no row', () => {
    const rows = rowsOf(derive({ leads: [early] }));
    expect(plan(derive({ leads: [early], jobs: [job()] }), rows)).toMatchObject([
      {
        type: 'transition',
        rowId: 'row of lead:300',
        row: { root: { type: 'job', id: 100 }, state: 2 },
        entry: { from: 1, to: 2 },
      },
    ]);
  });

  it('of several roots that with the smallest id, and the others go to 0', () => {
    const leads = [early, lead({ id: 299, createdOn: at(6) })];
    const changes = plan(derive({ leads, jobs: [job()] }), rowsOf(derive({ leads })));
    expect(changes).toMatchObject([
      { rowId: 'row of lead:300', row: { root: { type: 'lead', id: 300 } }, entry: { from: 1, to: 0 } },
      { rowId: 'row of lead:299', row: { root: { type: 'job', id: 100 } }, entry: { from: 1, to: 2 } },
    ]);
  });

  it('goes to 0 when the other journey has a row of its own, and stays there', () => {
    const alone = derive({ leads: [early], jobs: [job({ customerId: 8 })] });
    const together = derive({ leads: [early], jobs: [job()] });
    const rows = rowsOf(alone);
    const changes = plan(together, rows);
    expect(changes).toMatchObject([
      { type: 'refresh', rowId: 'row of job:100', row: { customerId: 7 } },
      { type: 'transition', rowId: 'row of lead:300', entry: { from: 1, to: 0 } },
    ]);
    expect(plan(together, applyChanges(rows, changes))).toEqual([]);
  });

  it('goes to 0 then also when its root has the smaller id', () => {
    const small = lead({ id: 50, createdOn: at(5) });
    const rows = rowsOf(derive({ leads: [small], jobs: [job({ customerId: 8 })] }));
    expect(plan(derive({ leads: [small], jobs: [job()] }), rows)).toMatchObject([
      { rowId: 'row of lead:50', entry: { from: 1, to: 0 } },
      { rowId: 'row of job:100', row: { root: { type: 'job', id: 100 }, state: 2 } },
    ]);
  });

  it('goes to 0 when its root is gone, and loses its override', () => {
    const repair = job({ jobTypeId: otherType, jobStatus: 'Completed' });
    const rows = rowsOf(derive({ jobs: [repair], estimates: [estimate()] }));
    const changes = plan(derive({ jobs: [repair] }), rows, { overrides: [override()] });
    expect(changes).toMatchObject([
      {
        type: 'transition',
        rowId: 'row of job:100',
        row: { state: 0, enteringKey: null, nextDueAt: null, openTotal: 0 },
        liftedOverrideIds: [override().id],
        entry: { from: 3, to: 0 },
      },
    ]);
    expect(plan([], applyChanges(rows, changes))).toEqual([]);
  });

  it('comes back when its root does', () => {
    const rows = rowsOf(derive({ leads: [early] }));
    const gone = applyChanges(rows, plan([], rows));
    expect(plan(derive({ leads: [early] }), gone)).toMatchObject([
      { type: 'transition', rowId: 'row of lead:300', entry: { from: 0, to: 1, enteringKey: 'lead:300' } },
    ]);
  });
});

describe("a customer's own state", () => {
  const two = {
    jobs: [
      job({ jobStatus: 'Completed', completedOn: at(15) }),
      job({ id: 101, createdOn: at(14), locationId: 71 }),
    ],
  };

  it('is that of the journey whose state happened last', () => {
    const journeys = derive({ ...two, estimates: [estimate({ createdOn: at(13) })] });
    expect(statesOf(journeys)).toEqual({ 'job:100': 3, 'job:101': 2 });
    expect(customerState(journeys)).toBe(2);
  });

  it('passes over journeys in 0', () => {
    const journeys = derive(two);
    expect(statesOf(journeys)).toEqual({ 'job:100': 0, 'job:101': 2 });
    expect(customerState(journeys)).toBe(2);
  });

  it('is 0 without any', () => {
    expect(customerState([])).toBe(0);
  });
});
