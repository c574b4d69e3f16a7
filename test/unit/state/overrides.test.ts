import { describe, expect, it } from 'vitest';
import type { RecordSet } from '#backend/state/records.ts';
import {
  appointment,
  at,
  canceledLog,
  derive,
  deriveOne,
  estimate,
  install,
  job,
  lead,
  override,
} from './builders.ts';

const visited = job({ jobStatus: 'Completed', completedOn: at(15) });
const offered: Partial<RecordSet> = { jobs: [visited], estimates: [estimate()] };
const id = override().id;

describe('an override', () => {
  it('holds, happened when it was set, and is its own entering record', () => {
    expect(deriveOne(offered, { overrides: [override({ state: 5 })] })).toMatchObject({
      state: 5,
      ruleState: 3,
      rule: 'override',
      enteringKey: `override:${id}`,
      happenedAt: at(25),
      enteringCreatedOn: at(25),
      overrideId: id,
      liftedOverrideIds: [],
      explanation:
        'A person or a flow set it to "Install scheduled" while the records said "Estimates created".',
    });
  });

  it('of 0 keeps the journey there', () => {
    expect(deriveOne(offered, { overrides: [override()], day: 150 })).toMatchObject({
      state: 0,
      overrideId: id,
      isReset: false,
      nextDueAt: null,
    });
  });

  it("keeps the row's job id", () => {
    const rows = [{ root: { type: 'job' as const, id: 100 }, jobId: 555, seen: null }];
    expect(deriveOne(offered, { overrides: [override({ state: 5 })], rows }).jobId).toBe(555);
  });

  it('takes the root job where the row had none, else the lowest', () => {
    const rows = [{ root: { type: 'job' as const, id: 100 }, jobId: null, seen: null }];
    expect(deriveOne(offered, { overrides: [override({ state: 5 })], rows }).jobId).toBe(100);

    const root = { type: 'estimate' as const, id: 900 };
    const records = {
      jobs: [install({ id: 201, createdFromEstimateId: 900 }), install({ createdFromEstimateId: 900 })],
      estimates: [estimate({ jobId: null, status: 'Sold', soldOn: at(18) })],
    };
    const input = {
      overrides: [override({ root, state: 5, ruleStateThen: 4 })],
      rows: [{ root, jobId: null, seen: null }],
    };
    expect(deriveOne(records, input).jobId).toBe(200);
  });

  it('is lifted for good when the rules give another state', () => {
    const overrides = [override({ state: 5, ruleStateThen: 2 })];
    expect(deriveOne(offered, { overrides })).toMatchObject({
      state: 3,
      overrideId: null,
      liftedOverrideIds: [id],
    });
    expect(deriveOne(offered, { overrides: [override({ liftedAt: at(26) })] })).toMatchObject({
      state: 3,
      liftedOverrideIds: [],
    });
  });

  it('is not lifted by a reset', () => {
    const overrides = [override({ state: 6 })];
    expect(deriveOne(offered, { overrides, day: 114 }).state).toBe(6);
    expect(deriveOne(offered, { overrides, day: 200 })).toMatchObject({
      state: 0,
      overrideId: id,
      liftedOverrideIds: [],
    });
  });

  it('is lifted when another journey supersedes the state that the rules gave', () => {
    const canceled = job({ jobStatus: 'Canceled', modifiedOn: at(12) });
    const overrides = [override({ state: 3, ruleStateThen: 2.5 })];
    expect(deriveOne({ jobs: [canceled] }, { overrides }).state).toBe(3);
    const [first] = derive({ jobs: [canceled, job({ id: 101 })] }, { overrides });
    expect(first).toMatchObject({ state: 0, ruleState: 0, overrideId: null, liftedOverrideIds: [id] });
  });

  it('of a superseded journey is not lifted by the records that were superseded', () => {
    const jobs = [job({ jobStatus: 'Canceled', modifiedOn: at(26) }), job({ id: 101 })];
    const [first] = derive({ jobs }, { overrides: [override({ state: 4, ruleStateThen: 0 })] });
    expect(first).toMatchObject({ state: 4, ruleState: 0, liftedOverrideIds: [] });
  });

  it.each<{
    name: string;
    records: Partial<RecordSet>;
    news: Partial<RecordSet>;
    ruleStateThen: 1 | 2 | 2.5 | 3 | 4 | 5 | 6;
  }>([
    {
      name: 'another open estimate',
      records: offered,
      news: { jobs: [visited], estimates: [estimate(), estimate({ id: 901, createdOn: at(25, 1) })] },
      ruleStateThen: 3,
    },
    {
      name: 'another sale',
      records: { jobs: [visited], estimates: [estimate({ status: 'Sold', soldOn: at(18) })] },
      news: {
        jobs: [visited],
        estimates: [
          estimate({ status: 'Sold', soldOn: at(18) }),
          estimate({ id: 901, status: 'Sold', soldOn: at(25, 1) }),
        ],
      },
      ruleStateThen: 4,
    },
    {
      name: 'another cancellation of the visit',
      records: { jobs: [job({ jobStatus: 'Canceled' })], canceledLogs: [canceledLog()] },
      news: {
        jobs: [job({ jobStatus: 'Canceled' })],
        canceledLogs: [canceledLog({ active: false }), canceledLog({ id: 601, createdOn: at(25, 1) })],
      },
      ruleStateThen: 2.5,
    },
    {
      name: 'an appointment in the place of the deleted one',
      records: { jobs: [job()], appointments: [appointment()] },
      news: {
        jobs: [job()],
        appointments: [appointment({ active: false }), appointment({ id: 501, createdOn: at(25, 1) })],
      },
      ruleStateThen: 2,
    },
  ])('holds until $name, which holds the same state, comes after it', ({ records, news, ruleStateThen }) => {
    const overrides = [override({ ruleStateThen })];
    expect(deriveOne(records, { overrides })).toMatchObject({ state: 0, overrideId: id });
    expect(deriveOne(news, { overrides })).toMatchObject({ state: ruleStateThen, liftedOverrideIds: [id] });
  });

  it('is not lifted by a record that happened at the moment it was set', () => {
    const records = { jobs: [visited], estimates: [estimate(), estimate({ id: 901, createdOn: at(25) })] };
    expect(deriveOne(records, { overrides: [override()] }).state).toBe(0);
  });

  it('is not lifted by an edit of a record that has no date of its own', () => {
    const root = { type: 'job' as const, id: 200 };
    const overrides = [override({ root, state: 0, ruleStateThen: 6 })];
    const seen = { state: 6 as const, enteringKey: 'job:200', happenedAt: at(24) };
    const records = { jobs: [install({ jobStatus: 'Completed', modifiedOn: at(27) })] };
    expect(deriveOne(records, { overrides, rows: [{ root, jobId: 200, seen }] }).overrideId).toBe(id);
  });

  it('gives way to one that was set later', () => {
    const newer = override({ id: 'newer', state: 2, setAt: at(26) });
    expect(deriveOne(offered, { overrides: [newer, override()] })).toMatchObject({
      state: 2,
      overrideId: 'newer',
      liftedOverrideIds: [id],
    });
  });

  it('goes with its row when the root joins another journey', () => {
    const records = { leads: [lead({ status: 'Converted' })], jobs: [job({ jobStatus: 'Completed' })] };
    const overrides = [override({ root: { type: 'lead', id: 300 }, state: 4, ruleStateThen: 0 })];
    expect(deriveOne(records, { overrides })).toMatchObject({
      root: { type: 'job', id: 100 },
      state: 4,
      jobId: 100,
    });
  });

  it('does not follow when the other journey has a row of its own', () => {
    const records = { leads: [lead({ status: 'Converted' })], jobs: [job({ jobStatus: 'Completed' })] };
    const overrides = [override({ root: { type: 'lead', id: 300 }, state: 4, ruleStateThen: 0 })];
    const rows = [{ root: { type: 'job' as const, id: 100 }, jobId: null, seen: null }];
    expect(deriveOne(records, { overrides, rows })).toMatchObject({ state: 0, overrideId: null });
  });
});
