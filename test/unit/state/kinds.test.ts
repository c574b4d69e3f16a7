import { describe, expect, it } from 'vitest';
import type { CanceledLogRecord, JobRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
import { jobKind } from '#backend/state/jobKind.ts';
import { journeySettings } from '#backend/state/settings.ts';
import { suggestClassification } from '#backend/state/suggestClassification.ts';
import { canceledLog, job } from './builders.ts';

const classified = journeySettings.parse({
  jobTypes: { 1: 'sales' },
  businessUnits: { 11: 'install' },
  tags: { 21: 'other', 22: 'sales' },
  clericalReasonIds: [5],
});
const nothing = { jobTypeId: null, businessUnitId: null, tagTypeIds: [] };

const rows: {
  name: string;
  job: Partial<JobRecord>;
  logs?: Partial<CanceledLogRecord>[];
  kind: ReturnType<typeof jobKind>;
}[] = [
  { name: 'a recall', job: { recallForId: 9, createdFromEstimateId: 3 }, kind: 'void' },
  { name: 'a warranty visit', job: { warrantyId: 9 }, kind: 'void' },
  {
    name: 'canceled for a clerical reason',
    job: { jobStatus: 'Canceled' },
    logs: [{ reasonId: 5 }],
    kind: 'void',
  },
  {
    name: 'canceled for a clerical reason, though made from an estimate',
    job: { jobStatus: 'Canceled', createdFromEstimateId: 3 },
    logs: [{ reasonId: 5 }],
    kind: 'void',
  },
  {
    name: 'canceled for another reason',
    job: { jobStatus: 'Canceled' },
    logs: [{ reasonId: 6 }],
    kind: 'sales',
  },
  {
    name: 'canceled, the clerical log withdrawn',
    job: { jobStatus: 'Canceled' },
    logs: [{ reasonId: 5, active: false }],
    kind: 'sales',
  },
  { name: 'not canceled, a clerical log left over', job: {}, logs: [{ reasonId: 5 }], kind: 'sales' },
  { name: 'made from an estimate, whatever its type', job: { createdFromEstimateId: 3 }, kind: 'install' },
  { name: 'its job type before its business unit', job: { businessUnitId: 11 }, kind: 'sales' },
  {
    name: 'its business unit before its tags',
    job: { ...nothing, businessUnitId: 11, tagTypeIds: [22] },
    kind: 'install',
  },
  { name: 'its smallest mapped tag', job: { ...nothing, tagTypeIds: [22, 20, 21] }, kind: 'other' },
  {
    name: 'an unmapped job type and a mapped business unit',
    job: { ...nothing, jobTypeId: 2, businessUnitId: 11 },
    kind: 'install',
  },
  {
    name: 'nothing mapped',
    job: { jobTypeId: 2, businessUnitId: 12, tagTypeIds: [23] },
    kind: 'unclassified',
  },
  { name: 'nothing at all', job: nothing, kind: 'unclassified' },
];

describe('the kind of a job', () => {
  it.each(rows)('$name: $kind', ({ job: fields, logs = [], kind }) => {
    const active = logs.map((log) => canceledLog(log)).filter((log) => log.active);
    expect(jobKind(job(fields), active, classified)).toBe(kind);
  });
});

describe('the suggested classification', () => {
  it.each([
    ['Free Estimate', 'sales'],
    ['HVAC SALES CALL', 'sales'],
    ['Comfort Consultation', 'sales'],
    ['Quote', 'sales'],
    ['Replacement Estimate', 'sales'],
    ['Installation', 'install'],
    ['AC Replacement', 'install'],
    ['Furnace Changeout', 'install'],
    ['Heat pump change-out', 'install'],
    ['Maintenance', undefined],
    ['Repair', undefined],
  ])('%s: %s', (name, kind) => {
    expect(suggestClassification([{ id: 4, name }])).toEqual(kind ? { 4: kind } : {});
  });
});

describe('the settings', () => {
  it('have the defaults of the specification', () => {
    expect(journeySettings.parse({})).toEqual({
      jobTypes: {},
      businessUnits: {},
      tags: {},
      clericalReasonIds: [],
      otherEstimateMinimum: 1000,
      completedResetDays: 90,
      staleResetDays: 180,
    });
  });

  it.each([{ completedResetDays: 0 }, { jobTypes: { x: 'sales' } }, { tags: { 1: 'void' } }])(
    'refuse %j',
    (value) => {
      expect(journeySettings.safeParse(value).success).toBe(false);
    },
  );
});
