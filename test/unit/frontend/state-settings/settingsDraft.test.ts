import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '#backend/schemas/stateSettings.ts';
import { changeConnection, differencesOf } from '#backend/state/settingsChanges.ts';
import {
  changesOf,
  chooseKind,
  countChanges,
  draftedKind,
  openChanges,
  withMember,
} from '../../../../frontend/src/components/state-settings/settingsDraft.ts';
import { momentOf, wallTime } from '../../../../frontend/src/components/state-settings/zonedTime.ts';

const settings: ConnectionSettings = {
  jobTypes: { 1: 'sales' },
  businessUnits: {},
  tags: {},
  clericalReasonIds: [3],
  otherEstimateMinimum: 1000,
  liveFrom: '2026-03-01T00:00:00.000Z',
};
const sales = { subject: 'job_type', id: 1 } as const;

describe('a draft of settings', () => {
  it('holds what was chosen, and nothing once that is what is stored', () => {
    const changed = chooseKind(settings, {}, { ...sales, kind: null });
    expect(changed).toEqual({ jobTypes: { 1: null } });
    expect(draftedKind(settings, changed, sales)).toBeNull();
    expect(draftedKind(settings, {}, sales)).toBe('sales');
    expect(chooseKind(settings, changed, { ...sales, kind: 'sales' })).toEqual({});
  });

  it('counts every value that it changes', () => {
    const draft = {
      jobTypes: { 1: null, 2: 'other' as const },
      clericalReasonIds: [4],
      otherEstimateMinimum: 5,
    };
    expect(countChanges(settings, draft)).toBe(5);
    expect(countChanges(settings, withMember(draft, 'otherEstimateMinimum', undefined))).toBe(4);
    expect(countChanges(settings, {})).toBe(0);
  });

  it('loses what is stored meanwhile, and keeps the rest', () => {
    const draft = {
      jobTypes: { 1: 'sales' as const, 2: 'other' as const, 3: null },
      clericalReasonIds: [3],
      otherEstimateMinimum: 1000,
      liveFrom: '2026-03-01T00:00:00+00:00',
    };
    expect(openChanges(settings, draft)).toEqual({ jobTypes: { 2: 'other' } });
    expect(openChanges(settings, { tags: { 5: null }, clericalReasonIds: [3, 4] })).toEqual({
      clericalReasonIds: [3, 4],
    });
    const limits = { completedResetDays: 90, staleResetDays: 180 };
    expect(openChanges(limits, { completedResetDays: 90, staleResetDays: 10 })).toEqual({
      staleResetDays: 10,
    });
  });

  it('can be had back from the differences that a preview shows', () => {
    const draft = {
      jobTypes: { 1: null, 2: 'other' as const },
      tags: { 8: 'install' as const },
      clericalReasonIds: [4, 5],
      otherEstimateMinimum: 5,
      liveFrom: '2026-03-05T00:00:00.000Z',
    };
    const after = changeConnection(settings, draft);
    expect(changesOf(differencesOf(settings, after), settings)).toEqual(draft);
  });
});

describe('the time on the wall of a zone', () => {
  it.each([
    ['2026-03-02T20:00:00.000Z', 'America/Los_Angeles', '2026-03-02T12:00'],
    ['2026-07-02T20:00:00.000Z', 'America/Los_Angeles', '2026-07-02T13:00'],
    ['2026-03-08T09:30:00.000Z', 'America/Los_Angeles', '2026-03-08T01:30'],
    ['2026-03-08T10:30:00.000Z', 'America/Los_Angeles', '2026-03-08T03:30'],
    ['2026-11-01T08:30:00.000Z', 'America/Los_Angeles', '2026-11-01T01:30'],
    ['2026-11-01T10:30:00.000Z', 'America/Los_Angeles', '2026-11-01T02:30'],
    ['2026-01-01T00:15:00.000Z', 'Asia/Kolkata', '2026-01-01T05:45'],
    ['2026-01-01T00:00:00.000Z', 'UTC', '2026-01-01T00:00'],
  ])('%s in %s is %s, and the other way', (iso, zone, wall) => {
    expect(wallTime(iso, zone)).toBe(wall);
    expect(momentOf(wall, zone)).toBe(iso);
  });

  it('of what is no time is nothing', () => {
    expect(momentOf('', 'UTC')).toBeNull();
    expect(momentOf('0202-02-01T08:00', 'America/Los_Angeles')).toBeNull();
  });

  it('that a zone skips is close by', () => {
    const moment = momentOf('2026-03-08T02:30', 'America/Los_Angeles') ?? '';
    expect(Math.abs(Date.parse(moment) - Date.parse('2026-03-08T10:00:00Z'))).toBeLessThanOrEqual(3600_000);
  });
});
