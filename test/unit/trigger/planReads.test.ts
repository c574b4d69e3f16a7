import { describe, expect, it } from 'vitest';
import type { DueRead } from '#backend/services/ReadOutcome.ts';
import { backfillRequest, planReads } from '#trigger/tasks/planReads.ts';

const at = new Date('2026-03-02T20:00:00Z');
const first = '0f0e7a52-5a0c-4a53-9f4c-0d4cf8b1a001';
const second = '0f0e7a52-5a0c-4a53-9f4c-0d4cf8b1a002';

function due(connectionId: string, resource: DueRead['resource'], rest: Partial<DueRead> = {}): DueRead {
  return { connectionId, connectionName: connectionId, resource, path: 'list', isBackfill: false, ...rest };
}

function plan(reads: DueRead[], positions: [string, string][] = []) {
  return planReads(reads, { positions: new Map(positions), at });
}

describe('the plan of what is due', () => {
  it('has a run for each connection and resource, and a derivation after the reads of each connection', () => {
    const runs = plan([due(first, 'customers'), due(first, 'jobs'), due(second, 'customers')]);
    expect(runs.map(({ task, payload }) => [task, payload['connectionId'], payload['resource']])).toEqual([
      ['servicetitan-read', first, 'customers'],
      ['servicetitan-read', first, 'jobs'],
      ['servicetitan-derive', first, undefined],
      ['servicetitan-read', second, 'customers'],
      ['servicetitan-derive', second, undefined],
    ]);
  });

  it('lets what stands first in read order go first, also when it is queued a moment later', () => {
    const runs = plan([due(first, 'customers'), due(first, 'jobs'), due(first, 'estimates')]);
    expect(runs.map((run) => run.options?.priority ?? 0)).toEqual([3, 2, 1, 0]);
    expect(new Set(runs.map((run) => run.options?.concurrencyKey))).toEqual(new Set([first]));
  });

  it('has a key of its own for each run, and the same keys when it is made again', () => {
    const reads = [
      due(first, 'customers'),
      due(first, 'customers', { path: 'feed' }),
      due(first, 'customers', { path: 'full' }),
      due(first, 'jobs', { path: 'feed', isBackfill: true }),
      due(second, 'customers'),
    ];
    const keys = plan(reads).map(({ task, key }) => [task, ...key].join(' '));
    expect(new Set(keys).size).toBe(keys.length);
    expect(plan(reads).map(({ task, key }) => [task, ...key].join(' '))).toEqual(keys);
  });

  it('keeps reads of everything out of the line of the short ones', () => {
    const runs = plan([
      due(first, 'jobs'),
      due(first, 'customers', { path: 'feed', isBackfill: true }),
      due(first, 'leads', { path: 'full' }),
    ]);
    expect(runs.map(({ task, payload }) => [task, payload['resource'], payload['path']])).toEqual([
      ['servicetitan-read', 'jobs', 'list'],
      ['servicetitan-derive', undefined, undefined],
      ['servicetitan-backfill', 'customers', 'feed'],
      ['servicetitan-backfill', 'leads', 'full'],
    ]);
  });

  it('asks for a long read once for the place where it stands, whatever the time', () => {
    const read = due(first, 'customers', { path: 'feed', isBackfill: true });
    const positions = (pages: number) => new Map([[`${first}/customers/feed`, `start+${pages}`]]);
    const keyAt = (time: Date, pages: number) =>
      planReads([read], { positions: positions(pages), at: time })[0]?.key.join(' ');
    const later = new Date(at.getTime() + 60_000);
    expect(keyAt(later, 7)).toBe(keyAt(at, 7));
    expect(keyAt(later, 8)).not.toBe(keyAt(at, 7));
  });

  it('asks once more, for each time that a person wants it, for a long read that stands where it stood', () => {
    const read = due(first, 'customers', { path: 'feed', isBackfill: true });
    const { payload, key } = backfillRequest(read, 'start+7', 'run_1');
    expect(payload).toMatchObject({ position: 'start+7', isForced: true });
    const others = [backfillRequest(read, 'start+7'), backfillRequest(read, 'start+7', 'run_2')];
    expect(new Set([key, ...others.map((request) => request.key)].map((each) => each.join(' '))).size).toBe(
      3,
    );
    expect(others[0]?.payload).not.toHaveProperty('isForced');
  });

  it('does not derive where nothing but a backfill is due', () => {
    const runs = plan([due(first, 'customers', { path: 'feed', isBackfill: true })]);
    expect(runs.map(({ task }) => task)).toEqual(['servicetitan-backfill']);
  });

  it('is empty when nothing is due', () => {
    expect(plan([])).toEqual([]);
  });
});
