import { beforeEach, describe, expect, it } from 'vitest';
import { loadChunks } from '#backend/services/loadChunks.ts';
import { CustomerStateService } from '#backend/services/CustomerStateService.ts';
import {
  appointment,
  at,
  customer,
  dateOf,
  estimate,
  installType,
  job,
  lead,
  salesType,
} from '#test/unit/state/builders.ts';
import { openEmbeddedWorlds, openRealWorlds, worldsIn, type MirrorWorld } from './MirrorWorld.ts';

let world: MirrorWorld;

/** More than two chunks: each customer has a visit and an estimate. */
const customers = 1600;

async function fill(): Promise<void> {
  const numbers = Array.from({ length: customers }, (_, index) => index + 1);
  await world.storeMany(
    'customers',
    numbers.map((id) => customer({ id, mergedToId: id === 1600 ? 3 : null })),
  );
  await world.storeMany(
    'jobs',
    numbers.map((id) =>
      job({ id: 10_000 + id, customerId: id, locationId: id, jobStatus: 'Completed', completedOn: at(12) }),
    ),
  );
  await world.storeMany(
    'estimates',
    numbers.map((id) => estimate({ id: 20_000 + id, jobId: 10_000 + id, customerId: id, locationId: id })),
  );
  await world.storeMany('leads', [lead({ customerId: null }), lead({ id: 301, customerId: 9_999_999 })]);
}

describe('a history', () => {
  const openWorld = worldsIn(openRealWorlds);

  beforeEach(async () => {
    world = await openWorld({ connectedOn: dateOf(20), isBackfilling: true });
    await world.addFlow(3);
    await fill();
    await world.readAll({}, 'list');
  });

  it('is derived in chunks that hold every record once, whatever it is linked to', async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    for await (const { records } of loadChunks(world.database, world.connectionId)) {
      for (const kind of ['customers', 'jobs', 'leads'] as const)
        seen.push(...records[kind].map(({ id }) => `${kind} ${id}`));
      sizes.push(records.customers.length);
    }
    expect(seen.length).toBe(customers * 2 + 2);
    expect(new Set(seen).size).toBe(seen.length);
    expect(Math.max(...sizes)).toBeLessThan(customers / 2);
  });

  it('is not derived while a feed has not come to its end', async () => {
    await world.derive();
    expect(await world.rows()).toEqual([]);
    expect(await world.walks()).toEqual([]);
  });

  it('goes on where it was when the worker dies between two chunks', async () => {
    await world.readAll({}, 'feed');
    let applied = 0;
    const dying = world.databaseThat((name) => {
      if (name === 'apply_journeys') applied += 1;
      if (applied > 1) throw new Error('The connection is gone.');
    });
    const worker = new CustomerStateService({ database: dying, clock: { now: () => world.now } });
    await expect(worker.deriveConnection(world.connectionId)).rejects.toThrow('could not be reached');
    const half = await world.rows();
    expect(half.length).toBeGreaterThan(100);
    expect(half.length).toBeLessThan(customers);
    expect(await world.walks()).toEqual(['backfill']);
    await world.derive();
    expect(await world.rows()).toHaveLength(customers + 2);
    // What was done before is not done again.
    expect(await world.transitions()).toHaveLength(customers + 2);
    expect(await world.walks()).toEqual([]);
    expect(await world.replay()).toMatchObject({ compared: customers + 2, waiting: 0, differing: 0 });
    expect(await world.isBackfilled()).toBe(true);
  });

  it('is walked once by two workers', async () => {
    await world.readAll({}, 'feed');
    const counts = await Promise.all([
      world.derive(),
      world.worker().deriveConnection(world.connectionId),
      world.worker().deriveConnection(world.connectionId),
    ]);
    expect(counts.reduce((sum, { transitions }) => sum + transitions, 0)).toBe(customers + 2);
    expect((await world.rows()).every(({ version }) => version === 1)).toBe(true);
    expect(await world.transitions()).toHaveLength(customers + 2);
    expect(await world.isBackfilled()).toBe(true);
    expect(await world.replay()).toMatchObject({ compared: customers + 2, waiting: 0, differing: 0 });
  });

  it('mails nobody, and says so for each flow', async () => {
    await world.readAll({}, 'feed');
    await world.derive();
    const [starts] = await world.sql<{ starts: number; details: unknown }>(
      `select count(*)::int as starts, jsonb_agg(distinct s.detail ->> 'liveFrom') as details from flow_starts s
       where s.workspace_id = '${world.workspaceId}' and s.outcome = 'backfill'`,
    );
    expect(starts?.starts).toBe(customers);
    expect(starts?.details).toEqual([expect.stringContaining('2026-01-21')]);
  });

  it('leaves what is being read at the moment to its own derivation', async () => {
    await world.readAll({}, 'feed');
    await world.read('jobs', [
      job({ id: 10_007, customerId: 7, locationId: 7, jobStatus: 'Canceled', modifiedOn: at(29) }),
    ]);
    await world.derive();
    expect(await world.rows()).toHaveLength(customers + 1);
    expect(await world.statesByRoot()).not.toHaveProperty('job:10007');
    await world.readAll();
    await world.derive();
    expect(await world.statesByRoot()).toHaveProperty('job:10007', 3);
    expect(await world.replay()).toMatchObject({ compared: customers + 2, waiting: 0, differing: 0 });
  });
});

describe('changed settings', () => {
  const openWorld = worldsIn(openEmbeddedWorlds);

  beforeEach(async () => {
    world = await openWorld();
    await world.addFlow(5);
    await world.readAll({
      jobs: [job(), job({ id: 101, customerId: 8, locationId: 80 })],
      appointments: [appointment({ start: at(40) }), appointment({ id: 501, jobId: 101, start: at(40) })],
    });
    await world.derive();
  });

  it('are derived for everything, and start nothing', async () => {
    await world.classify(salesType, 'install');
    await world.enqueueAll();
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 5, 'job:101': 5 });
    expect((await world.transitions()).slice(2)).toEqual([
      { to: 5, source: 'settings', outcome: 'settings' },
      { to: 5, source: 'settings', outcome: 'settings' },
    ]);
    expect(await world.walks()).toEqual([]);
  });

  it('start flows when the administrator asked for it', async () => {
    await world.sql(
      `update integration_connections set settings_start_flows = true where id = '${world.connectionId}'`,
    );
    await world.sql(`update flows set max_age_hours = 10000 where workspace_id = '${world.workspaceId}'`);
    await world.classify(salesType, 'install');
    await world.enqueueAll();
    expect(await world.derive()).toMatchObject({ transitions: 2, runsStarted: 2 });
  });

  it('are not told what reads brought: that goes before, or waits for its own', async () => {
    await world.read('jobs', [job({ jobTypeId: installType, modifiedOn: at(29) })]);
    await world.classify(salesType, 'install');
    await world.enqueueAll();
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 2, 'job:101': 5 });
    expect(await world.queued()).toEqual(['poll jobs:100', 'settings jobs:100']);
    for (const resource of ['appointments', 'canceled_logs', 'estimates'] as const)
      await world.read(resource);
    await world.derive();
    expect(await world.statesByRoot()).toEqual({ 'job:100': 5, 'job:101': 5 });
    expect((await world.transitions()).map(({ source }) => source)).toEqual([
      'poll',
      'poll',
      'settings',
      'poll',
    ]);
    expect(await world.queued()).toEqual([]);
  });
});
