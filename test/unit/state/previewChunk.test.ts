import { describe, expect, it } from 'vitest';
import type { RecordSet } from '#backend/state/records.ts';
import { previewChunk, type ChunkPreview, type ComparedSettings } from '#backend/state/previewChunk.ts';
import type { JourneyOverride } from '#backend/state/overrides.ts';
import type { StoredRow } from '#backend/state/journeyRow.ts';
import type { JourneySettings } from '#backend/state/settings.ts';
import {
  appointment,
  at,
  dateOf,
  derive,
  estimate,
  job,
  otherType,
  override,
  salesType,
  settings,
} from './builders.ts';
import { rowsOf } from './storedRows.ts';

const empty = {
  customers: [],
  leads: [],
  bookings: [],
  jobs: [],
  appointments: [],
  canceledLogs: [],
  estimates: [],
};
const booked: Partial<RecordSet> = { jobs: [job()], appointments: [appointment({ start: at(50) })] };

function preview(
  records: Partial<RecordSet>,
  input: {
    after: Partial<JourneySettings>;
    rows?: readonly StoredRow[];
    overrides?: readonly JourneyOverride[];
    liveFrom?: string;
    day?: number;
  },
): ChunkPreview {
  const before: ComparedSettings = { settings, liveFrom: at(0) };
  return previewChunk({
    records: { ...empty, ...records },
    rows: input.rows ?? rowsOf(derive(records)),
    overrides: input.overrides ?? [],
    before,
    after: { settings: { ...settings, ...input.after }, liveFrom: input.liveFrom ?? at(0) },
    now: dateOf(input.day ?? 30),
  });
}

const salesAsOther: Partial<JourneySettings> = { jobTypes: { [salesType]: 'other' } };

describe('the preview of a chunk', () => {
  it('says who would leave which state, and why', () => {
    expect(preview(booked, { after: salesAsOther })).toEqual({
      lookedAt: 1,
      moves: [
        {
          from: 2,
          to: 0,
          contact: { type: 'customer', id: 7 },
          jobId: 100,
          why: 'The record that it began with is gone or no longer counts.',
        },
      ],
      leavings: [{ journeyId: 'row of job:100', state: 2 }],
      entries: [],
      overridesLifted: 0,
    });
  });

  it('says who would enter which state, with all that decides whether a flow starts', () => {
    const records = { jobs: [job({ jobTypeId: otherType })], appointments: [appointment({ start: at(50) })] };
    const { moves, leavings, entries } = preview(records, { after: { jobTypes: { [otherType]: 'sales' } } });
    expect(moves).toMatchObject([{ from: 0, to: 2 }]);
    expect(leavings).toEqual([]);
    expect(entries).toEqual([
      {
        journeyId: null,
        customerId: 7,
        contact: { type: 'customer', id: 7 },
        state: 2,
        enteringKey: 'job:100',
        happenedOn: at(10),
        createdOn: at(10),
        modifiedOn: at(10),
        appointmentAhead: true,
        backfill: false,
      },
    ]);
  });

  it('takes news before the new moment of going live for history', () => {
    const records = { jobs: [job({ jobTypeId: otherType })], appointments: [appointment({ start: at(50) })] };
    const after = { jobTypes: { [otherType]: 'sales' as const } };
    expect(preview(records, { after, liveFrom: at(11) }).entries).toMatchObject([{ backfill: true }]);
  });

  it('does first what the settings as they are have still to do, so that the change is not blamed for it', () => {
    // Nothing is stored yet of a visit that has meanwhile been canceled.
    const canceled = { jobs: [job({ jobStatus: 'Canceled', modifiedOn: at(20) })] };
    const rows = rowsOf(derive(booked));
    expect(preview(canceled, { after: { otherEstimateMinimum: 5 }, rows }).moves).toEqual([]);
    expect(preview(canceled, { after: salesAsOther, rows })).toMatchObject({
      moves: [{ from: 2.5, to: 0 }],
      leavings: [{ journeyId: 'row of job:100', state: 2.5 }],
    });
    expect(preview(canceled, { after: salesAsOther, rows: [] })).toMatchObject({
      moves: [{ from: 2.5, to: 0 }],
      leavings: [],
    });
  });

  it('says nothing of journeys that the change does not move', () => {
    expect(preview(booked, { after: { jobTypes: { ...settings.jobTypes, 99: 'sales' } } })).toEqual({
      lookedAt: 1,
      moves: [],
      leavings: [],
      entries: [],
      overridesLifted: 0,
    });
  });

  it('counts the overrides that would no longer hold, once', () => {
    const rows = rowsOf(derive(booked));
    const overrides = [override({ state: 4, setAt: at(20), ruleStateThen: 2 })];
    const held = rowsOf(derive(booked, { overrides, rows }));
    expect(preview(booked, { after: salesAsOther, rows: held, overrides })).toMatchObject({
      moves: [{ from: 4, to: 0 }],
      overridesLifted: 1,
    });
    expect(
      preview(booked, { after: { otherEstimateMinimum: 5 }, rows: held, overrides }).overridesLifted,
    ).toBe(0);
  });

  it('follows the smallest total of estimates on other jobs', () => {
    const records = {
      jobs: [job({ jobTypeId: otherType, jobStatus: 'Completed', completedOn: at(15) })],
      estimates: [estimate({ subtotal: 600 })],
    };
    expect(preview(records, { after: {} }).moves).toEqual([]);
    expect(preview(records, { after: { otherEstimateMinimum: 500 } }).moves).toMatchObject([
      { from: 0, to: 3 },
    ]);
  });

  it('follows the days until a reset', () => {
    expect(preview(booked, { after: { staleResetDays: 15 }, day: 60 }).moves).toMatchObject([
      { from: 2, to: 0 },
    ]);
    expect(preview(booked, { after: { staleResetDays: 15 }, day: 40 }).moves).toEqual([]);
  });
});
