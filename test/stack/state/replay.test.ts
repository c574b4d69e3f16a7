import { beforeEach, describe, expect, it } from 'vitest';
import {
  appointment,
  at,
  canceledLog,
  customer,
  dateOf,
  estimate,
  install,
  job,
  lead,
} from '#test/unit/state/builders.ts';
import { openEmbeddedWorlds, worldsIn, type MirrorWorld } from './MirrorWorld.ts';

const openWorld = worldsIn(openEmbeddedWorlds);
let world: MirrorWorld;

beforeEach(async () => {
  world = await openWorld();
  for (const state of [1, 2, 3, 4, 5]) await world.addFlow(state);
  await world.readAll({
    customers: [customer({ id: 7 }), customer({ id: 8 })],
    leads: [lead({ customerId: 8 })],
    jobs: [job()],
    appointments: [appointment({ start: at(15) })],
  });
  await world.derive();
});

const visited = job({ jobStatus: 'Completed', completedOn: at(16), modifiedOn: at(16) });

/** What a customer goes through, with what the office takes back and what a person sets. */
async function live(): Promise<void> {
  await world.readAll({ jobs: [visited], estimates: [estimate({ createdOn: at(16) })] });
  await world.derive();
  await world.setState('job:100', 4);
  const sold = estimate({ createdOn: at(16), status: 'Sold', soldOn: at(31), modifiedOn: at(31) });
  await world.readAll({
    estimates: [sold],
    jobs: [install({ createdOn: at(31), createdFromEstimateId: 900 })],
  });
  await world.readAll({
    appointments: [appointment({ id: 502, jobId: 200, createdOn: at(31), start: at(33) })],
  });
  await world.derive();
  await world.readAll({
    jobs: [
      install({ createdOn: at(31), createdFromEstimateId: 900, jobStatus: 'Canceled', modifiedOn: at(32) }),
    ],
    canceled_logs: [canceledLog({ jobId: 200, createdOn: at(32) })],
  });
  await world.derive();
  await world.readAll({ customers: [customer({ id: 8, mergedToId: 7, modifiedOn: at(33) })] });
  await world.derive();
  world.now = dateOf(400);
  await world.derive();
}

describe('a replay', () => {
  it('finds nothing after whatever a customer went through', async () => {
    await live();
    // The lead has become a part of the journey that its customer was merged into.
    expect(await world.replay()).toEqual({ compared: 1, waiting: 0, differing: 0, differences: [] });
  });

  it('names the row and the field that somebody has changed past the product', async () => {
    const update = async (set: string) =>
      world.sql(
        `update customer_servicetitan_state set ${set} where connection_id = '${world.connectionId}' and root_type = 'job'`,
      );
    await update('current_state = 4');
    expect(await world.replay()).toMatchObject({
      compared: 2,
      differing: 1,
      differences: [{ root: 'job:100', field: 'state', stored: 4, derived: 2 }],
    });
    await update(`current_state = 2, open_total = 12.5, next_due_at = null`);
    const { differences } = await world.replay();
    expect(differences.map(({ field }) => field).toSorted()).toEqual(['nextDueAt', 'openTotal']);
    // Whatever derives the journey next puts it right.
    await world.readAll({ jobs: [job({ modifiedOn: at(29) })] });
    await world.derive();
    expect(await world.replay()).toMatchObject({ differing: 0 });
  });

  it('names a journey that is missing', async () => {
    await world.sql(
      `delete from customer_servicetitan_state where connection_id = '${world.connectionId}' and root_type = 'lead'`,
    );
    expect(await world.replay()).toMatchObject({
      differing: 1,
      differences: [{ root: 'lead:300', field: 'row', stored: null, derived: 1 }],
    });
  });

  it('leaves out what waits to be derived, and says how much', async () => {
    await world.read('jobs', [job({ jobStatus: 'Canceled', modifiedOn: at(29) })]);
    expect(await world.replay()).toMatchObject({ compared: 1, waiting: 1, differing: 0 });
    // Resets that are due are derived with the next poll.
    await world.readAll();
    await world.derive();
    world.now = dateOf(400);
    expect(await world.replay()).toMatchObject({ compared: 0, waiting: 2, differing: 0 });
  });

  it('waits for a derivation of everything to end', async () => {
    await world.enqueueAll();
    await expect(world.replay()).rejects.toMatchObject({ code: 'conflict' });
    await world.derive();
    expect(await world.replay()).toMatchObject({ compared: 2, differing: 0 });
  });

  it('finds why a flow did not start as it was decided', async () => {
    await live();
    const starts = await world.sql<{ outcome: string; detail: object | null }>(
      `select s.outcome, s.detail from flow_starts s where s.workspace_id = '${world.workspaceId}' and s.outcome = 'stale'`,
    );
    expect(starts[0]?.detail).toMatchObject({
      happenedOn: at(1),
      modifiedOn: at(1),
      maxAgeHours: 48,
    });
  });
});
