import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginRead, endRead } from '#backend/repositories/readRepository.ts';
import { completed } from '#backend/services/readEnding.ts';
import { ReadWorld } from './ReadWorld.ts';

let world: ReadWorld;

beforeEach(async () => {
  world = await ReadWorld.start({ timeoutMs: 1000 });
});
afterEach(() => world.close());

function refuse(path: string, status: number, more: { retryAfter?: number } = {}): void {
  const tenant = world.stack.connections.socal.tenantId;
  world.stack.sandbox.addFaults({ kind: 'status', path, status, tenant, ...more });
}

const jobs = 'jpm/v2/tenant/\\d+/jobs$';

async function minutesToNext(): Promise<number> {
  const cursor = await world.cursor('jobs', 'list');
  const now = world.stack.context.clock.now().getTime();
  return Math.round((Date.parse(cursor?.next_read_at ?? '') - now) / 60_000);
}

async function due(): Promise<string[]> {
  const { syncs, clock } = world.stack.context;
  const reads = await syncs.dueReads(clock.now());
  return reads
    .filter(({ connectionId }) => connectionId === world.connectionId)
    .map(({ resource, path }) => `${resource} ${path}`);
}

describe('a resource that cannot be read', () => {
  it('is asked for less and less often, by its schedule again once it can', async () => {
    refuse(jobs, 418);
    const waits: number[] = [];
    for (let failure = 0; failure < 7; failure += 1) {
      expect(await world.read('jobs', 'list')).toMatchObject({
        status: 'failed',
        error: expect.stringContaining('418'),
      });
      waits.push(await minutesToNext());
    }
    expect(waits).toEqual([1, 2, 5, 10, 20, 30, 30]);
    expect(await world.read('jobs', 'list', { isForced: false })).toMatchObject({ status: 'not_due' });
    expect(await due()).not.toContain('jobs list');
    expect(await due()).toContain('leads list');
    // A webhook is only a hint; a person's wish is not.
    expect(await world.read('jobs', 'list', { source: 'webhook' })).toMatchObject({ status: 'not_due' });
    expect(await world.read('jobs', 'list', { source: 'manual' })).toMatchObject({ status: 'failed' });
    world.stack.sandbox.clearFaults();
    expect(await world.read('jobs', 'list', { source: 'manual' })).toMatchObject({ status: 'complete' });
    expect(await world.cursor('jobs', 'list')).toMatchObject({ failures: 0 });
    expect(await minutesToNext()).toBe(5);
  });

  it('is left alone for as long as ServiceTitan asks', async () => {
    refuse(jobs, 429, { retryAfter: 3600 });
    await world.read('jobs', 'list');
    expect(await minutesToNext()).toBe(60);
  });
});

describe('refused credentials', () => {
  it('keep everything else of the connection from being asked, and nothing of another', async () => {
    const { dfw } = world.stack.connections;
    refuse('/customers$', 401);
    expect(await world.read('customers', 'list')).toMatchObject({ status: 'failed' });
    expect(await due()).toEqual([]);
    expect(await world.read('leads', 'list', { isForced: false })).toMatchObject({ status: 'not_due' });
    const { syncs, clock } = world.stack.context;
    expect((await syncs.dueReads(clock.now())).map((read) => read.connectionId)).toContain(dfw.id);
    const summary = await world.stack.worker.syncConnection(world.connectionId, 'poll');
    expect(summary.status).toBe('failed');
    expect(Object.keys(summary.resources)).toEqual(['customers']);
    world.stack.sandbox.clearFaults();
    await world.pass('PT2M');
    expect(await due()).toContain('customers list');
  });

  it('hold nothing back once their read was canceled', async () => {
    refuse('/customers$', 401);
    await world.read('customers', 'list');
    const { database, clock } = world.stack.context;
    const { connectionId } = world;
    const times = { now: clock.now(), systemNow: new Date() };
    const lease = {
      connectionId,
      resource: 'customers',
      path: 'list',
      holder: randomUUID(),
      seconds: 60,
    } as const;
    await beginRead(database, { ...lease, force: 'always', ...times });
    const counts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
    const canceled = {
      ...completed,
      status: 'canceled',
      counts,
      pages: 0,
      seconds: 86_400,
      isFastPath: false,
    } as const;
    await endRead(database, lease, { outcome: canceled, batch: null, source: 'poll', ...times });
    expect(await due()).toContain('leads list');
  });
});

describe('the status of a connection', () => {
  const exported = 'export/jobs$';
  const named = expect.stringContaining('no permission to read jobs');
  const well = { status: 'connected', reason: null };
  const faulty = { status: 'error', reason: named };
  const mentioned = { status: 'connected', reason: named };

  async function picture(): Promise<{ status: string; reason: string | null } | undefined> {
    const [row] = await world.sql<{ status: string; reason: string | null }>(
      `select status, status_reason as reason from public.integration_connections where id = '${world.connectionId}'`,
    );
    return row;
  }

  async function settle(how: 'pause' | 'resume'): Promise<void> {
    const { context, identity } = world.stack;
    const { connectionId } = world;
    await context.controls[how]({
      workspaceId: identity.workspaceId,
      connectionId,
      resource: 'jobs',
      actor: identity.email,
    });
  }

  it('is an error while a feed fails that was never read to its end', async () => {
    refuse(exported, 403);
    await world.read('jobs', 'feed');
    expect(await picture()).toEqual(faulty);
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(faulty);
    world.stack.sandbox.clearFaults();
    await world.read('jobs', 'feed');
    expect(await picture()).toEqual(well);
  });

  it('only names a feed that fails later, as long as the list is read and tries are left', async () => {
    await world.read('jobs', 'feed');
    await world.read('jobs', 'list');
    refuse(exported, 403);
    for (let failure = 1; failure <= 6; failure += 1) {
      await world.read('jobs', 'feed');
      await world.read('jobs', 'list');
      expect(await picture()).toEqual(mentioned);
    }
    await world.read('jobs', 'feed');
    expect(await picture()).toEqual(faulty);
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(faulty);
    world.stack.sandbox.clearFaults();
    await world.read('jobs', 'feed');
    expect(await picture()).toEqual(well);
  });

  it('is an error once a list fails, until a feed stands in for it; then again when no tries are left, until the list itself is read', async () => {
    await world.read('jobs', 'feed');
    refuse(jobs, 403);
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(faulty);
    await world.read('jobs', 'feed');
    for (let failure = 2; failure <= 6; failure += 1) {
      await world.read('jobs', 'list');
      expect(await picture()).toEqual(well);
    }
    for (const path of ['list', 'feed', 'list', 'feed'] as const) {
      await world.read('jobs', path);
      expect(await picture()).toEqual(faulty);
    }
    world.stack.sandbox.clearFaults();
    await world.read('jobs', 'feed');
    expect(await picture()).toEqual(faulty);
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(well);
  });

  it('is an error when neither way of reading is left', async () => {
    await world.read('jobs', 'feed');
    refuse(jobs, 403);
    await world.read('jobs', 'list');
    await world.read('jobs', 'feed');
    refuse(exported, 403);
    await world.read('jobs', 'feed');
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(faulty);
  });

  it('is no error for want of what is paused', async () => {
    refuse(jobs, 403);
    await world.read('jobs', 'list');
    expect(await picture()).toEqual(faulty);
    await settle('pause');
    expect(await picture()).toEqual({
      status: 'connected',
      reason: 'States wait because jobs is paused.',
    });
    await settle('resume');
    expect(await picture()).toEqual(faulty);
  });
});
