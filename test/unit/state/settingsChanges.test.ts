import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '#backend/schemas/stateSettings.ts';
import { changeConnection, changeWorkspace, differencesOf } from '#backend/state/settingsChanges.ts';

const before: ConnectionSettings = {
  jobTypes: { 1: 'sales', 2: 'install' },
  businessUnits: {},
  tags: { 7: 'other' },
  clericalReasonIds: [3, 5],
  otherEstimateMinimum: 1000,
  liveFrom: '2026-03-01T00:00:00.000Z',
};

describe('a change of a connection’s settings', () => {
  it('merges kinds, takes away those that are null, and leaves the rest alone', () => {
    const after = changeConnection(before, { jobTypes: { 2: null, 9: 'other' }, tags: { 7: 'sales' } });
    expect(after).toEqual({ ...before, jobTypes: { 1: 'sales', 9: 'other' }, tags: { 7: 'sales' } });
  });

  it('replaces the clerical reasons, each once, in order', () => {
    expect(changeConnection(before, { clericalReasonIds: [9, 3, 9] }).clericalReasonIds).toEqual([3, 9]);
  });

  it('writes the moment of going live in one form', () => {
    expect(changeConnection(before, { liveFrom: '2026-03-05T01:00:00+02:00' }).liveFrom).toBe(
      '2026-03-04T23:00:00.000Z',
    );
  });

  it('is no change when it says what is so', () => {
    const same = changeConnection(before, {
      jobTypes: { 1: 'sales', 8: null },
      clericalReasonIds: [5, 3],
      otherEstimateMinimum: 1000,
      liveFrom: '2026-03-01T02:00:00+02:00',
    });
    expect(differencesOf(before, same)).toEqual([]);
  });
});

describe('the differences between two versions', () => {
  it('name every value that differs, and nothing else', () => {
    const after = changeConnection(before, {
      jobTypes: { 2: 'sales', 3: 'other' },
      businessUnits: { 4: 'install' },
      tags: { 7: null },
      clericalReasonIds: [5, 6],
      otherEstimateMinimum: 0,
      liveFrom: '2026-03-02T00:00:00Z',
    });
    expect(differencesOf(before, after)).toEqual([
      { setting: 'job_type', id: 2, from: 'install', to: 'sales' },
      { setting: 'job_type', id: 3, from: null, to: 'other' },
      { setting: 'business_unit', id: 4, from: null, to: 'install' },
      { setting: 'tag', id: 7, from: 'other', to: null },
      { setting: 'cancel_reason', id: 3, from: true, to: false },
      { setting: 'cancel_reason', id: 6, from: false, to: true },
      { setting: 'otherEstimateMinimum', from: 1000, to: 0 },
      { setting: 'liveFrom', from: '2026-03-01T00:00:00.000Z', to: '2026-03-02T00:00:00.000Z' },
    ]);
  });

  it('of a workspace are its limits', () => {
    const limits = { completedResetDays: 90, staleResetDays: 180 };
    expect(differencesOf(limits, changeWorkspace(limits, { staleResetDays: 60 }))).toEqual([
      { setting: 'staleResetDays', from: 180, to: 60 },
    ]);
  });
});
