import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Worker } from '#backend/Worker.ts';
import { stateResources } from '#backend/services/readOrder.ts';
import { ReadWorld } from './ReadWorld.ts';

let world: ReadWorld;

beforeEach(async () => {
  world = await ReadWorld.start({ customers: 10 });
});
afterEach(() => world.close());

async function resourceNow(resource: string) {
  const { identity, context } = world.stack;
  const { resources } = await context.overview.detail(identity.workspaceId, world.connectionId);
  const found = resources.find((each) => each.resource === resource);
  if (!found) throw new Error(`${resource} is not shown.`);
  return found;
}

describe('a first pass', () => {
  it('tells how far it has come, and is gone on with by whoever comes next', async () => {
    await world.addCustomers(3000);
    const until = new Date(0);
    await world.read('customers', 'feed', { until });
    const { backfill } = await resourceNow('customers');
    expect(backfill).toMatchObject({ recordsRead: 1000, expected: 3010, doneAt: null });
    expect(backfill?.perSecond).toBeGreaterThan(0);
    expect(backfill?.secondsLeft).toBeGreaterThan(0);
    // Its process is killed: the lease runs out, and the next one begins at the page after the last that was stored.
    await world.sql(
      `update public.sync_cursors set holder = 'dead', leased_until = now() - interval '1 second' where path = 'feed'`,
    );
    await world.pass('PT1M');
    expect(await world.read('customers', 'feed')).toMatchObject({
      status: 'complete',
      counts: { read: 2010 },
    });
    expect((await resourceNow('customers')).backfill).toMatchObject({ recordsRead: 3010, secondsLeft: null });
  });

  it('is due until it is complete, and the lists with it', async () => {
    const { syncs, clock } = world.stack.context;
    const dueNow = async () =>
      (await syncs.dueReads(clock.now())).filter(({ connectionId }) => connectionId === world.connectionId);
    const due = await dueNow();
    expect(due.filter(({ isBackfill }) => isBackfill).map(({ resource }) => resource)).toEqual([
      ...stateResources,
    ]);
    expect(due.filter(({ path }) => path === 'list').map(({ resource }) => resource)).toEqual(
      expect.arrayContaining([...stateResources, 'job_types', 'technicians', 'suppressions']),
    );
    await world.read('customers', 'feed', { until: new Date(0) });
    await world.read('customers', 'list');
    const later = await dueNow();
    expect(later.map(({ resource, path }) => `${resource} ${path}`)).not.toContain('customers list');
    await world.stack.work();
    expect(await dueNow()).toEqual([]);
    await world.pass('PT6M');
    expect((await dueNow()).map(({ path }) => path)).toEqual(stateResources.map(() => 'list'));
  });

  it('begins at the date that was chosen', async () => {
    await world.stack.work();
    const [half] = await world.sql<{ at: string }>(
      `select modified_on as at from public.servicetitan_records where connection_id = '${world.connectionId}' and resource = 'jobs' order by 1 offset 5 limit 1`,
    );
    const from = new Date(half?.at ?? '');
    const { sandbox, identity, context } = world.stack;
    const [socal] = sandbox.tenants();
    await world.sql(`delete from public.integration_connections where id = '${world.connectionId}'`);
    const connection = await context.connections.connect(
      identity.workspaceId,
      {
        name: 'Again',
        environment: 'sandbox',
        timeZone: 'America/Los_Angeles',
        tenantId: socal?.id ?? 0,
        clientId: socal?.clientId ?? '',
        clientSecret: socal?.clientSecret ?? '',
        appKey: 'ak1.sandbox',
        backfillFrom: from.toISOString(),
        liveFrom: '2026-03-01T00:00:00.000Z',
      },
      identity.email,
    );
    for (const resource of ['customers', 'jobs'] as const) {
      const { status } = await context.syncs.readResource({
        connectionId: connection.id,
        resource,
        path: 'feed',
        source: 'poll',
      });
      expect(status).toBe('complete');
    }
    const counts = await world.sql<{ resource: string; early: number }>(
      `select resource, count(*) filter (where modified_on < '${half?.at}')::int as early
       from public.servicetitan_records where connection_id = '${connection.id}' group by 1 order by 1`,
    );
    // Who somebody is counts, whenever they were last changed.
    expect(counts).toEqual([
      { resource: 'customers', early: expect.toSatisfy((early: number) => early > 0) },
      { resource: 'jobs', early: 0 },
    ]);
    const { liveFrom, backfillFrom } = await context.overview.detail(identity.workspaceId, connection.id);
    expect(new Date(liveFrom).toISOString()).toBe('2026-03-01T00:00:00.000Z');
    expect(backfillFrom).toBe(from.toISOString());
  });

  it('is left to others by who leaves what is long, also while it backs off', async () => {
    const { syncs } = world.stack.context;
    await world.stack.work();
    await world.sql(
      `update public.sync_cursors set completed_at = null, failures = 3, next_read_at = now() + interval '10 years' where resource = 'jobs' and path = 'feed'`,
    );
    const poll = await syncs.syncConnection(world.connectionId, 'manual', { leavesLong: true });
    expect(poll.left).toMatchObject([{ resource: 'jobs', path: 'feed', isForced: true }]);
    expect(poll.status).toBe('succeeded');
    expect((await world.cursor('jobs', 'feed'))?.completed_at).toBeNull();
    await syncs.syncConnection(world.connectionId, 'manual');
    expect((await world.cursor('jobs', 'feed'))?.completed_at).not.toBeNull();
  });

  it('lets a poll that is asked for meanwhile have its turn', async () => {
    const { connectionId } = world;
    const polls: string[] = [];
    const worker = new Worker(world.stack.context, {
      syncConnection: (context, id, source, options) => {
        polls.push(options?.isScheduled ? `${source} goes on` : source);
        const left =
          source === 'manual' && polls.length < 4
            ? ([{ connectionId, resource: 'jobs', path: 'feed', source }] as const)
            : [];
        return context.syncs
          .syncConnection(id, source, { ...options, isScheduled: true })
          .then((poll) => ({ ...poll, left }));
      },
      runDueWork: () => Promise.resolve({ steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 }),
    });
    const [manual, hint] = await Promise.all([
      worker.syncConnection(connectionId, 'manual'),
      worker.syncConnection(connectionId, 'webhook'),
    ]);
    expect(polls).toEqual(['manual', 'webhook', 'manual goes on', 'manual goes on']);
    expect(manual).toMatchObject({ status: 'succeeded', left: [] });
    expect(manual.resources['customers']?.new).toBe(10);
    expect(hint.status).toBe('succeeded');
  });

  it('can be begun anew, which moves nobody and mails nobody', async () => {
    const { worker, identity, context } = world.stack;
    await world.stack.work();
    const before = await world.sql(
      'select id, current_state, version from public.customer_servicetitan_state order by id',
    );
    await world.sql(
      `delete from public.servicetitan_records where resource = 'customers' and record_id % 2 = 0`,
    );
    await context.controls.restartBackfill({
      workspaceId: identity.workspaceId,
      connectionId: world.connectionId,
      from: null,
      actor: identity.email,
    });
    expect((await resourceNow('customers')).backfill).toMatchObject({ recordsRead: 0, doneAt: null });
    await worker.syncConnection(world.connectionId, 'poll');
    expect(await world.count('customers')).toBe(10);
    expect((await resourceNow('customers')).backfill?.doneAt).not.toBeNull();
    const after = await world.sql(
      'select id, current_state, version from public.customer_servicetitan_state order by id',
    );
    expect(after).toEqual(before);
    expect(await world.stack.mails()).toEqual([]);
  });

  it('holds back nothing that is new, the first time and when it is begun anew', async () => {
    const { identity, context, sandbox } = world.stack;
    const queued = async () => {
      const rows = await world.sql<{ entity: string }>(
        `select entity from public.derivation_queue where connection_id = '${world.connectionId}'`,
      );
      return rows.map(({ entity }) => entity);
    };
    await sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    for (const path of ['feed', 'list'] as const) await world.read('leads', path);
    expect(await world.count('leads')).toBeGreaterThan(1);
    expect(await queued()).toEqual(['leads']);
    await world.stack.work();
    expect(await queued()).toEqual([]);

    await world.pass('P2D');
    await context.controls.restartBackfill({
      workspaceId: identity.workspaceId,
      connectionId: world.connectionId,
      from: null,
      actor: identity.email,
    });
    await world.read('customers', 'feed', { until: new Date(0) });
    await sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await world.read('leads', 'feed');
    expect(await queued()).toEqual(['leads']);
  });

  it('is complete without what is paused and can be done without, which is added later', async () => {
    const { identity, context } = world.stack;
    const { connectionId } = world;
    const change = (resource: 'leads' | 'jobs') => ({
      workspaceId: identity.workspaceId,
      connectionId,
      resource,
      actor: identity.email,
    });
    const now = async () => {
      const [row] = await world.sql(
        `select c.status, c.status_reason as reason, c.backfilled_at is not null as done,
           (select count(*)::int from public.customer_servicetitan_state s where s.connection_id = c.id and s.root_type = 'lead') as leads
         from public.integration_connections c where c.id = '${connectionId}'`,
      );
      return row;
    };
    await context.controls.pause(change('leads'));
    await world.stack.work();
    expect(await now()).toEqual({ status: 'connected', reason: null, done: true, leads: 0 });
    await context.controls.resume(change('leads'));
    await world.stack.work();
    expect(await now()).toMatchObject({ done: true, leads: expect.toSatisfy((leads: number) => leads > 0) });
    expect(await world.stack.mails()).toEqual([]);

    await context.controls.pause(change('jobs'));
    expect(await now()).toMatchObject({ status: 'connected', reason: 'States wait because jobs is paused.' });
    await context.controls.resume(change('jobs'));
    expect(await now()).toMatchObject({ status: 'connected', reason: null });
  });
});
