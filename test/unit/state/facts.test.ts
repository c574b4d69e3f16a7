import { describe, expect, it } from 'vitest';
import type {
  AppointmentRecord,
  EstimateRecord,
  JobRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import { readFacts } from '#backend/state/facts.ts';
import { liveAppointment } from '#backend/state/jobFacts.ts';
import { newestCanceledLogs, newestVersions } from '#backend/state/records.ts';
import { addDays, timestampOf } from '#backend/state/timestamps.ts';
import {
  appointment,
  at,
  canceledLog,
  customer,
  estimate,
  job,
  otherType,
  recordSet,
  settings,
} from './builders.ts';

describe('the newest version', () => {
  it('is told by the seventh digit of modifiedOn', () => {
    const older = job({ modifiedOn: at(1, 1), summary: 'older' });
    const newer = job({ modifiedOn: at(1, 2), summary: 'newer' });
    expect(newestVersions([newer, older]).get(100)?.summary).toBe('newer');
    expect(newestVersions([older, newer]).get(100)?.summary).toBe('newer');
  });

  it('is the one read later when both were modified at the same time', () => {
    expect(newestVersions([job({ summary: 'first' }), job({ summary: 'second' })]).get(100)?.summary).toBe(
      'second',
    );
  });

  it('of a canceled log is the withdrawn one, whichever was read later', () => {
    const active = canceledLog();
    const withdrawn = canceledLog({ active: false });
    expect(newestCanceledLogs([active, withdrawn]).get(600)?.active).toBe(false);
    expect(newestCanceledLogs([withdrawn, active]).get(600)?.active).toBe(false);
  });
});

describe('timestamps', () => {
  it('keep seven digits when days are added, and a day has 24 hours', () => {
    expect(timestampOf(new Date('2026-03-08T01:02:03.456Z'))).toBe('2026-03-08T01:02:03.4560000Z');
    expect(addDays('2026-02-27T23:59:59.1234567Z', 2)).toBe('2026-03-01T23:59:59.1234567Z');
  });
});

describe('merged customers', () => {
  const winner = (links: [number, number | null][], of: number) =>
    readFacts(
      recordSet({ customers: links.map(([id, mergedToId]) => customer({ id, mergedToId })) }),
      settings,
    ).winnerOf(of);

  it.each([
    { name: 'not merged', links: [[1, null]], of: 1, is: 1 },
    { name: 'not known', links: [], of: 1, is: 1 },
    {
      name: 'merged once',
      links: [
        [2, 1],
        [1, null],
      ],
      of: 2,
      is: 1,
    },
    { name: 'merged into an unknown one', links: [[2, 1]], of: 2, is: 1 },
    {
      name: 'a chain',
      links: [
        [2, 3],
        [3, 4],
        [4, null],
      ],
      of: 2,
      is: 4,
    },
    {
      name: 'a loop',
      links: [
        [5, 3],
        [3, 4],
        [4, 5],
      ],
      of: 4,
      is: 3,
    },
    { name: 'a loop of one', links: [[5, 5]], of: 5, is: 5 },
    {
      name: 'a chain into a loop',
      links: [
        [1, 5],
        [5, 3],
        [3, 5],
      ],
      of: 1,
      is: 3,
    },
    {
      name: 'a chain into one that was followed before',
      links: [
        [2, 3],
        [3, 4],
        [1, 2],
      ],
      of: 1,
      is: 4,
    },
  ] satisfies { name: string; links: [number, number | null][]; of: number; is: number }[])(
    '$name',
    ({ links, of, is }) => {
      expect(winner(links, of)).toBe(is);
    },
  );
});

describe('an estimate counts', () => {
  const counts = (fields: Partial<EstimateRecord>, ofJob: Partial<JobRecord> = {}) =>
    readFacts(recordSet({ jobs: [job(ofJob)], estimates: [estimate(fields)] }), settings).estimates.get(900)
      ?.counts;

  it.each<{ name: string; fields: Partial<EstimateRecord>; job?: Partial<JobRecord> }>([
    { name: 'as it is', fields: {} },
    { name: 'approved', fields: { reviewStatus: 'Approved' } },
    { name: 'dismissed', fields: { status: 'Dismissed' } },
    { name: 'worth a cent by its tax', fields: { subtotal: 0, tax: 0.01 } },
    { name: 'without a job', fields: { jobId: null } },
    { name: 'small, on a sales job', fields: { subtotal: 10 } },
    { name: 'small, on an unknown job', fields: { subtotal: 10, jobId: 101 } },
    { name: 'of 1,000 on another job', fields: { subtotal: 900, tax: 100 }, job: { jobTypeId: otherType } },
    { name: 'of 1,000 by fractions', fields: { subtotal: 999.9, tax: 0.1 }, job: { jobTypeId: otherType } },
    { name: 'of 1,000 on an unclassified job', fields: { subtotal: 1000 }, job: { jobTypeId: 99 } },
  ])('$name', ({ fields, job: ofJob }) => {
    expect(counts(fields, ofJob)).toBe(true);
  });

  it.each<{ name: string; fields: Partial<EstimateRecord>; job?: Partial<JobRecord> }>([
    { name: 'inactive', fields: { active: false } },
    { name: 'a change order', fields: { isChangeOrder: true } },
    { name: 'without a status', fields: { status: null } },
    { name: 'worth nothing', fields: { subtotal: 0 } },
    { name: 'worth nothing after a credit', fields: { subtotal: 10, tax: -10 } },
    { name: 'waiting for approval', fields: { reviewStatus: 'NeedsApproval' } },
    { name: 'not approved', fields: { reviewStatus: 'NotApproved' } },
    { name: 'on a recall', fields: {}, job: { recallForId: 5 } },
    { name: 'below 1,000 on another job', fields: { subtotal: 999.99 }, job: { jobTypeId: otherType } },
    { name: 'below 1,000 on an unclassified job', fields: { subtotal: 999.99 }, job: { jobTypeId: 99 } },
  ])('but not: $name', ({ fields, job: ofJob }) => {
    expect(counts(fields, ofJob)).toBe(false);
  });
});

describe('whose an estimate without a customer is', () => {
  const of = (fields: Partial<EstimateRecord>, jobs: JobRecord[]) =>
    readFacts(
      recordSet({ jobs, estimates: [estimate({ customerId: null, ...fields })] }),
      settings,
    ).estimates.get(900)?.customerId;

  it("is its job's", () => {
    expect(of({ projectId: 5 }, [job({ customerId: 1 }), job({ id: 90, customerId: 2, projectId: 5 })])).toBe(
      1,
    );
  });

  it("is else that of its project's lowest job id", () => {
    const jobs = [job({ id: 91, customerId: 2, projectId: 5 }), job({ id: 90, customerId: 3, projectId: 5 })];
    expect(of({ jobId: null, projectId: 5 }, jobs)).toBe(3);
  });

  it('is else nobody', () => {
    expect(of({ jobId: null }, [])).toBeNull();
  });
});

describe('a live appointment', () => {
  const live = (...fields: Partial<AppointmentRecord>[]) => {
    const appointments = fields.map((some, index) => appointment({ id: 500 + index, ...some }));
    const read = readFacts(recordSet({ jobs: [job()], appointments }), settings).jobs.get(100);
    return read && liveAppointment(read)?.id;
  };

  it.each(['Scheduled', 'Dispatched', 'Working'])('may be %s', (status) => {
    expect(live({ status })).toBe(500);
  });

  it.each(['Hold', 'Done', 'Canceled'])('is not %s', (status) => {
    expect(live({ status })).toBeUndefined();
  });

  it.each([{ active: false }, { unused: true }])('is not %j', (fields) => {
    expect(live(fields)).toBeUndefined();
  });

  it('that counts is the earliest, and of two at once the one with the smaller id', () => {
    expect(live({ id: 510 }, { id: 509 })).toBe(509);
    expect(live({ start: at(3) }, { start: at(2) }, { start: at(2) }, { start: at(1), status: 'Done' })).toBe(
      501,
    );
  });
});
