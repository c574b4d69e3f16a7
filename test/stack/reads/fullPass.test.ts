import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ReadWorld } from './ReadWorld.ts';

const page = z.looseObject({ data: z.array(z.looseObject({ id: z.number() })) });
let world: ReadWorld;
/** The feed forgets everybody; asked for by their ids they are still there. */
let isForgetful: boolean;

beforeEach(async () => {
  isForgetful = false;
  world = await ReadWorld.start({
    alter: (path, body) =>
      isForgetful && path.includes('/export/customers') ? { ...page.parse(body), data: [] } : body,
  });
});
afterEach(() => world.close());

async function deleted(): Promise<number[]> {
  const rows = await world.sql<{ record_id: number }>(
    `select record_id::int from public.servicetitan_records where deleted_at is not null order by 1`,
  );
  return rows.map((row) => row.record_id);
}

async function lookAtAll(): Promise<void> {
  await world.pass('P8D');
  expect(await world.read('customers', 'full', { isForced: false })).toMatchObject({ status: 'complete' });
}

async function vanish(...ids: number[]): Promise<void> {
  await world.control('vanish', { tenant: 'SOCAL', resource: 'customers', ids });
}

async function reason(): Promise<string | null | undefined> {
  const connections = await world.stack.context.overview.connections(world.stack.identity.workspaceId);
  return connections.find(({ id }) => id === world.connectionId)?.statusReason;
}

describe('a full pass', () => {
  it('is due a week after the first pass, and weekly from then on', async () => {
    const { syncs, clock } = world.stack.context;
    const isDue = async () =>
      (await syncs.dueReads(clock.now())).some(
        ({ connectionId, resource, path }) =>
          connectionId === world.connectionId && resource === 'customers' && path === 'full',
      );
    expect(await isDue()).toBe(false);
    await world.read('customers', 'feed');
    await world.pass('P6D');
    expect(await isDue()).toBe(false);
    await world.pass('P1D');
    expect(await isDue()).toBe(true);
    await world.read('customers', 'full');
    expect(await isDue()).toBe(false);
  });

  it('marks what vanished, queues it, and takes the mark back when it is read again', async () => {
    await world.addCustomers(30);
    await world.read('customers', 'feed');
    await vanish(900_003, 900_007);
    await world.sql('delete from public.derivation_queue');
    await lookAtAll();
    expect(await deleted()).toEqual([900_003, 900_007]);
    expect(
      await world.sql(
        `select entity_id::int as id from public.derivation_queue where resource = 'customers' order by 1`,
      ),
    ).toEqual([{ id: 900_003 }, { id: 900_007 }]);
    expect(await world.sql('select 1 from public.full_pass_records')).toEqual([]);
    await world.stack.sandbox.load({
      tenant: 'SOCAL',
      resource: 'customers',
      records: [{ id: 900_003, name: 'Fictional 900003' }],
    });
    await world.read('customers', 'feed');
    expect(await deleted()).toEqual([900_007]);
  });

  it('marks nothing before it is complete, and goes on where it was broken off', async () => {
    await world.addCustomers(2500);
    await world.read('customers', 'feed');
    await vanish(900_001);
    await world.pass('P8D');
    const until = new Date(0);
    expect(await world.read('customers', 'full', { until })).toMatchObject({ status: 'partial' });
    expect(await deleted()).toEqual([]);
    expect(await world.sql('select count(*)::int as seen from public.full_pass_records')).toEqual([
      { seen: 1000 },
    ]);
    expect(await world.read('customers', 'full')).toMatchObject({
      status: 'complete',
      counts: { read: 1499 },
    });
    expect(await deleted()).toEqual([900_001]);
  });

  it('that loses its place begins anew', async () => {
    await world.addCustomers(2500);
    await world.read('customers', 'feed');
    await vanish(900_001);
    await world.pass('P8D');
    await world.read('customers', 'full', { until: new Date(0) });
    await world.sql(`update public.sync_cursors set cursor = 'forgotten' where path = 'full'`);
    expect(await world.read('customers', 'full')).toMatchObject({
      status: 'complete',
      counts: { read: 2499 },
    });
    expect(await deleted()).toEqual([900_001]);
  });

  it('believes no feed that leaves out what ServiceTitan still has', async () => {
    await world.addCustomers(30);
    await world.read('customers', 'feed');
    // As if the feed had forgotten it: the mirror has one that no page names, and ServiceTitan finds it by its id.
    await world.sql(
      `update public.servicetitan_records set first_read_at = '2026-01-01', read_at = '2026-01-01' where record_id = 900005`,
    );
    await lookAtAll();
    expect(await deleted()).toEqual([]);
  });

  it('stores all that it finds by asking, however many', async () => {
    const many = 2100;
    await world.addCustomers(many);
    await world.read('customers', 'feed');
    // Enough others that so many missing ones are believed; they were read after the pass began.
    await world.sql(
      `insert into public.servicetitan_records (connection_id, workspace_id, resource, record_id, modified_on, active, data, read_at, first_read_at)
       select r.connection_id, r.workspace_id, r.resource, 2000000 + n, r.modified_on, true, r.data, '2027-01-01', r.first_read_at
       from public.servicetitan_records r cross join generate_series(1, ${10 * many}) as n where r.record_id = 900001`,
    );
    const records = Array.from({ length: many }, (_, index) => ({ id: 900_001 + index, name: 'Renamed' }));
    await world.stack.sandbox.load({ tenant: 'SOCAL', resource: 'customers', records });
    isForgetful = true;
    await lookAtAll();
    expect(await deleted()).toEqual([]);
    expect(
      await world.sql(
        `select count(*)::int as renamed from public.servicetitan_records where data ->> 'name' = 'Renamed'`,
      ),
    ).toEqual([{ renamed: many }]);
  });

  it('marks nothing when too much is missing, and says so until it is not', async () => {
    await world.addCustomers(60);
    await world.read('customers', 'feed');
    await vanish(...Array.from({ length: 21 }, (_, index) => 900_001 + index));
    await lookAtAll();
    expect(await deleted()).toEqual([]);
    expect(await reason()).toMatch(/did not find more than 20 of 60, so none is taken for deleted/);
    await world.addCustomers(5);
    await lookAtAll();
    expect(await deleted()).toHaveLength(16);
    expect(await reason()).toBeNull();
  });
});
