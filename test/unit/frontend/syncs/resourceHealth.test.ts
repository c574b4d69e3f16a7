import { describe, expect, it } from 'vitest';
import type { ReadPathState, ResourceSync } from '#backend/schemas/api.ts';
import {
  backfillProgress,
  healthOf,
  heldWords,
  isBeingRead,
  nextReadOf,
  pauseWords,
  refusalOf,
  roughTime,
  scheduleWords,
} from '../../../../frontend/src/components/syncs/resourceHealth.ts';

function path(values: Partial<ReadPathState>): ReadPathState {
  return {
    path: 'list',
    status: 'idle',
    lastReadAt: null,
    completedAt: null,
    nextReadAt: null,
    failures: 0,
    lastError: null,
    recordsRead: 0,
    ...values,
  };
}

function resource(values: Partial<ResourceSync>): ResourceSync {
  return {
    resource: 'jobs',
    records: 0,
    setAside: 0,
    lastModifiedOn: null,
    paths: [],
    lag: null,
    pollSeconds: 300,
    pausedAt: null,
    pausedBy: null,
    backfill: null,
    ...values,
  };
}

const doneAt = '2026-03-02T20:00:00Z';
const paused = { pausedAt: '2026-03-02T20:00:00Z' };
const first = { recordsRead: 0, expected: null, perSecond: null, secondsLeft: null, doneAt: null };

describe('the health of a resource', () => {
  it('is what is worst of the ways in which it is read', () => {
    expect(healthOf(resource({ paths: [path({}), path({ path: 'feed', status: 'backing_off' })] }))).toBe(
      'backing_off',
    );
    expect(
      healthOf(resource({ paths: [path({ status: 'never' }), path({ path: 'feed', status: 'reading' })] })),
    ).toBe('reading');
    expect(healthOf(resource({}))).toBe('never');
  });

  it('is paused when a person paused it, whatever the last read was like', () => {
    expect(
      healthOf(resource({ pausedAt: '2026-03-02T20:00:00Z', paths: [path({ status: 'backing_off' })] })),
    ).toBe('paused');
  });

  it('holds the states up when it is paused or fails and states are derived from it', () => {
    const failing = { paths: [path({ status: 'backing_off' })] };
    expect(heldWords(resource({ ...failing, backfill: first }))).toMatch(/stay in their states/);
    expect(heldWords(resource({ ...paused, backfill: first }))).toMatch(/stay in their states/);
    expect(heldWords(resource({ paths: [path({})], backfill: first }))).toBeNull();
    expect(heldWords(resource(failing))).toBeNull();
  });

  it('holds nothing up while a person does without what states can be told without', () => {
    const leads = { resource: 'leads', backfill: first };
    expect(heldWords(resource({ ...leads, ...paused }))).toMatch(/told without it/);
    expect(pauseWords(resource(leads))).toMatch(/told without it/);
    expect(heldWords(resource({ ...leads, paths: [path({ status: 'backing_off' })] }))).toMatch(/stay/);
    expect(pauseWords(resource({ backfill: first }))).toMatch(/stay/);
    expect(pauseWords(resource({}))).toBeNull();
  });

  it('is not up to date before its history was read, nor while it may not be read', () => {
    expect(healthOf(resource({ paths: [path({})], backfill: first }))).toBe('unfinished');
    expect(healthOf(resource({ paths: [path({})], backfill: { ...first, doneAt } }))).toBe('idle');
    const refused = resource({
      paths: [path({ lastError: 'No permission.' })],
      backfill: { ...first, doneAt },
    });
    expect([healthOf(refused), refusalOf(refused)]).toEqual(['forbidden', 'No permission.']);
    expect(refusalOf(resource({ paths: [path({ failures: 1, lastError: 'No answer.' })] }))).toBeNull();
  });

  it('does not hide that a read is under way', () => {
    const paths = [path({ status: 'backing_off' }), path({ path: 'feed', status: 'reading' })];
    expect(isBeingRead(resource({ paths }))).toBe(true);
    expect(isBeingRead(resource({ paths: [path({})] }))).toBe(false);
  });

  it('names the next look at it, for which the weekly one does not count', () => {
    const paths = [
      path({ nextReadAt: '2026-03-02T20:05:00.000Z' }),
      path({ path: 'feed', nextReadAt: '2026-03-02T20:03:00.000Z' }),
      path({ path: 'full', nextReadAt: '2026-03-02T20:01:00.000Z' }),
    ];
    expect(nextReadOf(resource({ paths }))).toBe('2026-03-02T20:03:00.000Z');
    expect(nextReadOf(resource({ paths: [path({})] }))).toBeNull();
  });
});

describe('the progress of the first reading', () => {
  it('is nothing once everything was read', () => {
    expect(
      backfillProgress([resource({ backfill: { ...first, doneAt: '2026-03-02T20:00:00Z' } }), resource({})]),
    ).toBeNull();
  });

  it('is the mean of all resources, and tells of the one whose turn it is what is known of it', () => {
    const jobs = { ...first, recordsRead: 500, expected: 1000, perSecond: 100, secondsLeft: 5 };
    const progress = backfillProgress([
      resource({ resource: 'customers', backfill: { ...first, recordsRead: 990, expected: 1000, doneAt } }),
      resource({ resource: 'jobs', backfill: jobs }),
      resource({ resource: 'canceled_logs', backfill: first }),
    ]);
    expect(progress).toMatchObject({
      percent: 50,
      recordsRead: 1490,
      current: { resource: 'jobs', recordsRead: 500, expected: 1000, perSecond: 100, secondsLeft: 5 },
      left: ['canceled_logs'],
    });
  });

  it('never says 100 before the end, though the tenant has grown meanwhile', () => {
    expect(
      backfillProgress([resource({ backfill: { ...first, recordsRead: 1200, expected: 1000 } })])?.percent,
    ).toBe(99);
  });

  it.each([
    ['goes on while it is read', { paths: [path({ path: 'feed', status: 'reading' })] }, true],
    ['goes on when its turn comes', { paths: [path({ path: 'feed', status: 'never' })] }, true],
    ['waits while it is paused', { ...paused, paths: [path({ path: 'feed', status: 'paused' })] }, false],
    ['waits after a failure', { paths: [path({ path: 'feed', failures: 1, nextReadAt: doneAt })] }, false],
    ['waits after somebody stopped it', { paths: [path({ path: 'feed', nextReadAt: doneAt })] }, false],
  ])('%s', (_, values, goesOn) => {
    expect(backfillProgress([resource({ ...values, backfill: first })])?.goesOn).toBe(goesOn);
  });
});

describe('lengths of time', () => {
  it('are told roughly where they are guessed', () => {
    expect([0, 59, 60, 100, 3599, 5400, 200_000].map(roughTime)).toEqual([
      'less than a minute',
      'less than a minute',
      'about 1 minute',
      'about 2 minutes',
      'about 60 minutes',
      'about 2 hours',
      'about 2 days',
    ]);
  });

  it('are told exactly where they are settled', () => {
    expect([60, 300, 5400, 3600, 86_400, 604_800].map(scheduleWords)).toEqual([
      'every minute',
      'every 5 minutes',
      'every 90 minutes',
      'every hour',
      'every day',
      'every 7 days',
    ]);
  });
});
