import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRead, endRead, ingestRecords } from '#backend/repositories/readRepository.ts';
import { completed } from '#backend/services/readEnding.ts';
import type { ReadPath } from '#backend/services/readOrder.ts';
import { ReadWorld } from './ReadWorld.ts';

let world: ReadWorld;
let onPage: (path: string) => Promise<void>;

beforeEach(async () => {
  onPage = () => Promise.resolve();
  world = await ReadWorld.start({
    alter: async (path, body) => {
      await onPage(path);
      return body;
    },
  });
});
afterEach(() => world.close());

/** Somebody else who begins to read. */
async function begin(path: ReadPath, { systemNow = new Date(), force = 'always' as const } = {}) {
  const { database, clock } = world.stack.context;
  const lease = {
    connectionId: world.connectionId,
    resource: 'customers',
    path,
    holder: randomUUID(),
    seconds: 60,
  } as const;
  const begun = await beginRead(database, { ...lease, force, now: clock.now(), systemNow });
  return { lease, status: begun.status };
}

const inAMinute = () => new Date(Date.now() + 61_000);

describe('a resource', () => {
  it('is read by one worker at a time, by list and by feed', async () => {
    await world.read('customers', 'feed');
    expect(await begin('list')).toMatchObject({ status: 'granted' });
    expect(await begin('list')).toMatchObject({ status: 'busy' });
    expect(await begin('feed')).toMatchObject({ status: 'busy' });
    expect(await world.read('customers', 'list')).toMatchObject({ status: 'busy', error: null });
    expect(await world.read('leads', 'list')).toMatchObject({ status: 'complete' });
  });

  it('is read by list while its first pass and a full one go on', async () => {
    expect(await begin('feed')).toMatchObject({ status: 'granted' });
    expect(await begin('full')).toMatchObject({ status: 'granted' });
    expect(await begin('feed')).toMatchObject({ status: 'busy' });
    expect(await world.read('customers', 'list')).toMatchObject({ status: 'complete' });
  });

  it('passes on when its reader has died, which can store nothing any more', async () => {
    const { database, clock } = world.stack.context;
    const dead = await begin('list');
    const heir = await begin('list', { systemNow: inAMinute() });
    expect(heir.status).toBe('granted');
    const times = { now: clock.now(), systemNow: inAMinute() };
    const batch = {
      records: [{ id: 1, active: true, modifiedOn: '2026-03-02T20:00:00.0000000Z' }],
      rejected: [],
      keepsActive: false,
      cursor: 'somewhere',
      readUpTo: null,
      pages: 1,
      milliseconds: 1,
      isRestart: false,
    };
    const store = { batch, source: 'poll', ...times };
    expect(await ingestRecords(database, dead.lease, store)).toEqual({ stopped: 'lost' });
    expect(await world.count('customers')).toBe(0);
    const outcome = {
      ...completed,
      counts: { read: 1, new: 0, changed: 0, skipped: 0, failed: 0 },
      pages: 1,
      seconds: 300,
      isFastPath: true,
    };
    expect(await endRead(database, dead.lease, { outcome, ...store })).toMatchObject({ status: 'lost' });
    expect(await endRead(database, heir.lease, { outcome, ...store })).toMatchObject({
      status: 'complete',
      counts: { new: 1 },
    });
    expect(await world.cursor('customers', 'list')).toMatchObject({ holder: null, cursor: 'somewhere' });
  });
});

describe('a read under way', () => {
  const change = () => ({
    workspaceId: world.stack.identity.workspaceId,
    connectionId: world.connectionId,
    resource: 'customers' as const,
    actor: 'admin@demo.example',
  });

  it.each([
    ['canceled', 'cancel'],
    ['paused', 'pause'],
  ] as const)(
    'is %s with its next batch, keeps what it has, and goes on from there',
    async (status, name) => {
      await world.addCustomers(4500);
      let pages = 0;
      onPage = async (path) => {
        if (!path.includes('export/customers')) return;
        pages += 1;
        if (pages === 4) await world.stack.context.controls[name](change());
      };
      expect(await world.read('customers', 'feed')).toMatchObject({ status, counts: { new: 2000 } });
      expect(await world.count('customers')).toBe(2000);
      onPage = () => Promise.resolve();
      if (name === 'pause') {
        expect(await world.read('customers', 'list')).toMatchObject({ status: 'paused' });
        await world.stack.context.controls.resume(change());
      }
      expect(await world.read('customers', 'feed')).toMatchObject({
        status: 'complete',
        counts: { read: 2500 },
      });
      expect(await world.count('customers')).toBe(4500);
    },
  );

  it('stops at the end of a page when its time is over, and goes on there', async () => {
    await world.addCustomers(2500);
    const until = new Date(0);
    const first = await world.read('customers', 'feed', { until });
    expect(first).toMatchObject({ status: 'partial', counts: { new: 1000 } });
    expect(await world.read('customers', 'feed', { until })).toMatchObject({ status: 'partial' });
    expect(await world.read('customers', 'feed')).toMatchObject({
      status: 'complete',
      counts: { read: 500 },
    });
    expect(await world.cursor('customers', 'feed')).toMatchObject({ records_read: 2500, started_at: null });
  });

  it('ends as interrupted when its process stops', async () => {
    await world.addCustomers(2500);
    const stopping = new AbortController();
    onPage = () => {
      stopping.abort();
      return Promise.resolve();
    };
    const { signal } = stopping;
    expect(await world.read('customers', 'feed', { signal })).toMatchObject({
      status: 'partial',
      error: null,
    });
    expect(await world.cursor('customers', 'feed')).toMatchObject({ holder: null, failures: 0 });
  });

  it('cannot be canceled when there is none', async () => {
    await expect(world.stack.context.controls.cancel(change())).rejects.toMatchObject({ code: 'conflict' });
  });
});
