import { beforeEach, describe, expect, it } from 'vitest';
import { stateResources } from '#backend/services/readOrder.ts';
import {
  appointment,
  at,
  customer,
  dateOf,
  estimate,
  installType,
  job,
  lead,
} from '#test/unit/state/builders.ts';
import { openEmbeddedWorlds, worldsIn, type MirrorWorld } from './MirrorWorld.ts';

const openWorld = worldsIn(openEmbeddedWorlds);
let world: MirrorWorld;

beforeEach(async () => {
  world = await openWorld();
  await world.readAll();
});

const later = ['appointments', 'canceled_logs', 'estimates'] as const;

describe('what reads brought', () => {
  it('is not derived before all that was visible with it has been read', async () => {
    await world.read('jobs', [job()]);
    await world.derive();
    expect(await world.rows()).toEqual([]);
    await world.read('appointments', [appointment({ start: at(40) })]);
    await world.read('canceled_logs');
    await world.derive();
    expect(await world.rows()).toEqual([]);
    await world.read('estimates');
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2 });
    expect(await world.queued()).toEqual([]);
  });

  it('is not derived from a read that stopped half-way', async () => {
    await world.store('jobs', [job()]);
    for (const resource of later) await world.read(resource);
    await world.derive();
    expect(await world.rows()).toEqual([]);
    await world.readAll();
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2 });
  });

  it('waits for a customer that is named and was not read yet, until it was looked for once more', async () => {
    // Both were made after the customers had been read.
    await world.readAll({ leads: [lead({ customerId: 60 })] });
    await world.derive();
    expect(await world.rows()).toEqual([]);
    await world.readAll({ customers: [customer({ id: 60 })], leads: [lead({ id: 301, customerId: 61 })] });
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:300': 1 });
    // One that is nowhere is not waited for for ever, however much more there is to tell.
    await world.readAll({ leads: [lead({ id: 302, customerId: 61, createdOn: at(29) })] });
    await world.derive();
    expect(await world.statesByRoot()).toMatchObject({ 'lead:300': 1, 'lead:301': 1 });
    expect(await world.queued()).toEqual([]);
  });

  it('waits also where the clock has something to say of it', async () => {
    await world.readAll({ leads: [lead({ customerId: 8 })] });
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:300': 1 });
    await world.read('leads', [lead({ customerId: 8, status: 'Dismissed', modifiedOn: at(31) })]);
    world.now = dateOf(400);
    await world.derive();
    expect(await world.queued()).toEqual(['poll leads:300']);
    await world.readAll();
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:300': 0 });
    expect(await world.queued()).toEqual([]);
  });

  it('waits for a resource that fails, and what comes after that in read order does not', async () => {
    await world.read('jobs', [job()]);
    await world.read('canceled_logs');
    await world.read('estimates', [estimate({ id: 950, jobId: null, customerId: 8 })]);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'estimate:950': 3 });
    expect(await world.queued()).toEqual(['poll jobs:100']);
  });

  it.each([
    ['failed', 'fail'],
    ['stopped half-way', 'stop'],
  ] as const)(
    'waits for what comes before it in read order where a read of that has %s since',
    async (_, end) => {
      await world.read('jobs', [job()]);
      for (const resource of later) await world.read(resource);
      await world.derive();
      // Sold, and the install is on a page that could not be had.
      await world[end]('jobs');
      await world.read('estimates', [estimate({ id: 900, status: 'Sold', soldOn: at(29) })]);
      await world.derive();
      expect(await world.statesByRoot()).toEqual({ 'job:100': 2 });
      await world.read('jobs', [
        job({ id: 110, jobTypeId: installType, createdFromEstimateId: 900, createdOn: at(29) }),
      ]);
      for (const resource of later)
        await world.read(
          resource,
          resource === 'appointments' ? [appointment({ id: 1100, jobId: 110, start: at(40) })] : [],
        );
      await world.derive();
      expect((await world.transitions()).map(({ to }) => to)).toEqual([2, 5]);
    },
  );

  it('does not wait for what is paused and can be done without, and waits for what cannot', async () => {
    await world.fail('leads');
    await world.pause('leads');
    await world.pause('appointments');
    const others = stateResources.filter((resource) => resource !== 'leads' && resource !== 'appointments');
    const brought = { customers: [customer({ id: 7, modifiedOn: at(29) })], jobs: [job()] };
    for (const resource of others)
      await world.read(resource, resource === 'customers' || resource === 'jobs' ? brought[resource] : []);
    await world.derive();
    expect(await world.queued()).toEqual(['poll customers:7', 'poll jobs:100']);
    for (const resource of later) await world.read(resource);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2 });
    expect(await world.queued()).toEqual([]);
  });

  it('waits with everything that it is linked to', async () => {
    await world.readAll({ jobs: [job()], appointments: [appointment({ start: at(40) })] });
    // A second job of the customer is read while the news of the first one may be derived already.
    await world.read('jobs', [job({ id: 101, createdOn: at(29) })]);
    await world.derive();
    expect(await world.rows()).toEqual([]);
    for (const resource of later) await world.read(resource);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2, 'job:101': 2 });
  });

  it('holds nobody else up when much of it waits', async () => {
    const waiting = Array.from({ length: 900 }, (_, index) =>
      job({ id: 5000 + index, customerId: 5000 + index }),
    );
    await world.store('jobs', waiting);
    await world.read('estimates', [estimate({ id: 950, jobId: null, customerId: 8 })]);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'estimate:950': 3 });
  });

  it('is not told by what a person did meanwhile', async () => {
    await world.readAll({
      jobs: [job(), job({ id: 101, createdOn: at(11) })],
      appointments: [appointment({ start: at(40) })],
    });
    await world.derive();
    await world.read('jobs', [
      job({ id: 101, createdOn: at(11), jobStatus: 'Canceled', modifiedOn: at(29) }),
    ]);
    await world.setState('job:100', 4);
    expect(await world.statesByRoot()).toEqual({ 'job:100': 4, 'job:101': 2 });
    for (const resource of later) await world.read(resource);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 4, 'job:101': 0 });
    expect((await world.transitions()).slice(2)).toEqual([
      { to: 4, source: 'manual', outcome: 'no_flow' },
      { to: 0, source: 'poll', outcome: null },
    ]);
  });

  it('is told to be gone when the full pass no longer found it, and back when it is read again', async () => {
    await world.readAll({ leads: [lead()] });
    await world.derive();
    await world.sql(
      `update servicetitan_records set deleted_at = now() where connection_id = '${world.connectionId}' and resource = 'leads'`,
    );
    await world.sql(
      `insert into derivation_queue (workspace_id, connection_id, entity, entity_id, source) values ('${world.workspaceId}', '${world.connectionId}', 'leads', 300, 'poll')`,
    );
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:300': 0 });
    await world.readAll({ leads: [lead()] });
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:300': 1 });
  });

  it('is derived over all customers that hang together', async () => {
    await world.readAll({
      customers: [
        customer({ id: 7 }),
        customer({ id: 8, mergedToId: 7 }),
        customer({ id: 9, mergedToId: 8 }),
        customer({ id: 10 }),
      ],
      jobs: [job({ customerId: 9 })],
      appointments: [appointment({ start: at(40) })],
      leads: [lead({ customerId: 8, createdOn: at(9) })],
      estimates: [estimate({ id: 901, jobId: null, projectId: 55, customerId: 10 })],
    });
    await world.readAll({ jobs: [job({ customerId: 9, projectId: 55, modifiedOn: at(29) })] });
    await world.derive();
    const rows = await world.sql<{ customer: number }>(
      `select servicetitan_customer_id::int as customer from customer_servicetitan_state where connection_id = '${world.connectionId}' and root_type = 'job'`,
    );
    expect(rows).toEqual([{ customer: 7 }]);
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2 });
  });
});

describe('while the history is still being read', () => {
  beforeEach(async () => {
    world = await openWorld({ connectedOn: dateOf(10), isBackfilling: true });
    await world.addFlow(1);
    await world.addFlow(2);
    world.now = dateOf(12);
  });

  it('who is new since the connection was made goes on at once, and nobody else', async () => {
    await world.readAll({
      customers: [
        customer({ id: 7, modifiedOn: at(11) }),
        customer({ id: 8, createdOn: at(11), modifiedOn: at(11) }),
      ],
      leads: [lead({ id: 301, customerId: 8, createdOn: at(11) })],
      jobs: [job({ customerId: 7, createdOn: at(11.5) })],
      appointments: [appointment({ createdOn: at(11.5), start: at(20) })],
    });
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:301': 1 });
    expect(await world.transitions()).toEqual([{ to: 1, source: 'poll', outcome: 'started' }]);
    expect(await world.queued()).toEqual(['backfill customers:7', 'backfill jobs:100', 'backfill jobs:100']);
    // The feeds bring what was before.
    await world.readAll(
      {
        jobs: [job({ id: 90, customerId: 7, createdOn: at(2), jobStatus: 'Completed', completedOn: at(3) })],
        estimates: [estimate({ id: 901, jobId: 90, customerId: 7, createdOn: at(3) })],
      },
      'feed',
    );
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:301': 1, 'job:90': 3, 'job:100': 2 });
    expect(await world.transitions()).toEqual([
      { to: 1, source: 'poll', outcome: 'started' },
      { to: 3, source: 'backfill', outcome: 'backfill' },
      { to: 2, source: 'poll', outcome: 'started' },
    ]);
    expect(await world.queued()).toEqual([]);
    const [connection] = await world.sql<{ isDone: boolean }>(
      `select backfilled_at is not null as "isDone" from integration_connections where id = '${world.connectionId}'`,
    );
    expect(connection).toEqual({ isDone: true });
    expect(await world.replay()).toMatchObject({ compared: 3, waiting: 0, differing: 0 });
  });

  it('a new lead of somebody who has not been read yet waits until that one must have been', async () => {
    await world.readAll({ leads: [lead({ id: 301, customerId: 8, createdOn: at(11) })] });
    await world.derive();
    expect(await world.rows()).toEqual([]);
    expect(await world.queued()).toEqual(['poll leads:301']);
    await world.readAll({ customers: [customer({ id: 8, createdOn: at(11), modifiedOn: at(11) })] });
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'lead:301': 1 });
  });

  it('what names somebody whom the lists do not bring belongs to the history', async () => {
    await world.readAll({ leads: [lead({ id: 301, customerId: 8, createdOn: at(11) })] });
    await world.readAll();
    await world.derive();
    expect(await world.rows()).toEqual([]);
    expect(await world.queued()).toEqual(['backfill leads:301']);
  });

  it('a person is heard all the same', async () => {
    await world.readAll({
      customers: [customer({ id: 8, createdOn: at(11), modifiedOn: at(11) })],
      leads: [lead({ id: 301, customerId: 8, createdOn: at(11) })],
    });
    await world.derive();
    await world.setState('lead:301', 0);
    expect(await world.statesByRoot()).toEqual({ 'lead:301': 0 });
  });
});
