import { describe, expect, it } from 'vitest';
import type { RecordSet } from '#backend/state/records.ts';
import { appointment, at, deriveOne, estimate, install, job, lead, override, settings } from './builders.ts';

const tick = 1 / 86_400_000;
const completed: Partial<RecordSet> = { jobs: [install({ jobStatus: 'Completed', completedOn: at(25) })] };
const visited = { jobs: [job({ jobStatus: 'Completed' })] };

describe('a reset', () => {
  it.each<{ name: string; records: Partial<RecordSet>; state: number; due: number }>([
    { name: '6, 90 days after it happened', records: completed, state: 6, due: 115 },
    {
      name: '6, whatever lies ahead',
      records: { ...completed, appointments: [appointment({ jobId: 200, start: at(300) })] },
      state: 6,
      due: 115,
    },
    { name: '1, after 180 days', records: { leads: [lead()] }, state: 1, due: 181 },
    { name: '2, after 180 days', records: { jobs: [job()] }, state: 2, due: 190 },
    {
      name: '2, not before its last appointment has started',
      records: {
        jobs: [job()],
        appointments: [appointment({ start: at(200) }), appointment({ id: 501, start: at(205) })],
      },
      state: 2,
      due: 205,
    },
    {
      name: '2, without regard to a deleted appointment',
      records: { jobs: [job()], appointments: [appointment({ start: at(200), active: false })] },
      state: 2,
      due: 190,
    },
    {
      name: '3, counted from the youngest open estimate',
      records: {
        ...visited,
        estimates: [
          estimate(),
          estimate({ id: 901, createdOn: at(20) }),
          estimate({ id: 902, createdOn: at(22), status: 'Dismissed' }),
        ],
      },
      state: 3,
      due: 200,
    },
    {
      name: '4, counted from the estimate sold last',
      records: {
        ...visited,
        estimates: [
          estimate({ status: 'Sold', soldOn: at(17) }),
          estimate({ id: 901, status: 'Sold', soldOn: at(21) }),
          estimate({ id: 902, createdOn: at(22) }),
        ],
      },
      state: 4,
      due: 201,
    },
  ])('of $name', ({ records, state, due }) => {
    const before = deriveOne(records, { day: due - tick });
    expect(before).toMatchObject({ state, isReset: false, nextDueAt: at(due) });
    expect(deriveOne(records, { day: due })).toMatchObject({
      state: 0,
      ruleState: state,
      isReset: true,
      enteringKey: null,
      jobId: null,
      nextDueAt: null,
    });
  });

  it('takes its limits from the settings', () => {
    const short = { ...settings, completedResetDays: 10, staleResetDays: 20 };
    expect(deriveOne(completed, { settings: short }).nextDueAt).toBe(at(35));
    expect(deriveOne({ leads: [lead()] }, { settings: short, day: 2 }).nextDueAt).toBe(at(21));
  });

  it('is due to all seven digits', () => {
    const records = { leads: [lead({ createdOn: at(1, 5) })] };
    expect(deriveOne(records, { day: 181 })).toMatchObject({ state: 1, nextDueAt: at(181, 5) });
    expect(deriveOne(records, { day: 181 + tick }).state).toBe(0);
  });

  it('is never due in 0', () => {
    expect(deriveOne({ leads: [lead({ status: 'Dismissed' })] }).nextDueAt).toBeNull();
  });

  it('may hit an override as any other state', () => {
    const overrides = [override({ state: 6, ruleStateThen: 2 })];
    const records = { jobs: [job()] };
    expect(deriveOne(records, { overrides, day: 115 - tick })).toMatchObject({
      state: 6,
      nextDueAt: at(115),
    });
    expect(deriveOne(records, { overrides, day: 115 })).toMatchObject({
      state: 0,
      isReset: true,
      ruleState: 2,
    });
  });
});

describe('a date that fell back on modifiedOn', () => {
  const records = (day: number) => ({ jobs: [install({ jobStatus: 'Completed', modifiedOn: at(day) })] });
  const remember = (day: number) => {
    const { root, jobId, seen } = deriveOne(records(day));
    return [{ root, jobId, seen }];
  };

  it('stays at the earliest that was seen for the state and the record', () => {
    const rows = remember(24);
    expect(deriveOne(records(26), { rows })).toMatchObject({
      happenedAt: at(24),
      happenedFromModifiedOn: true,
      nextDueAt: at(114),
      seen: { state: 6, enteringKey: 'job:200', happenedAt: at(24) },
    });
  });

  it('stays so while a reset hides it, so that an edit wakes nobody', () => {
    expect(deriveOne(records(114), { rows: remember(24), day: 115 })).toMatchObject({
      state: 0,
      isReset: true,
      seen: { happenedAt: at(24) },
    });
  });

  it('moves to an earlier one', () => {
    expect(deriveOne(records(22), { rows: remember(24) }).happenedAt).toBe(at(22));
  });

  it('is forgotten when the record gets a date of its own, or another state', () => {
    const dated = { jobs: [install({ jobStatus: 'Completed', completedOn: at(25) })] };
    expect(deriveOne(dated, { rows: remember(24) }).happenedAt).toBe(at(25));
    const canceled = { jobs: [install({ jobStatus: 'Canceled', modifiedOn: at(26) })] };
    expect(deriveOne(canceled, { rows: remember(24) })).toMatchObject({ state: 5.5, happenedAt: at(26) });
  });
});
