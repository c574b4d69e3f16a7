import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { findConnection, type ConnectionRow } from '#backend/repositories/connectionRepository.ts';
import { readTimeline } from '#backend/repositories/journeyRepository.ts';
import {
  markWrittenBack,
  pendingWriteBacks,
  pullSuppressions,
} from '#backend/repositories/suppressionSyncRepository.ts';
import type { SuppressionRecord } from '#integrations/crm/servicetitan/schemas/suppressions.ts';
import { FlowWorld, start } from '../flow/FlowWorld.ts';

const email = 'testa@example.com';
let world: FlowWorld;
let socal: ConnectionRow;
let dfw: ConnectionRow;

beforeAll(async () => {
  world = await FlowWorld.open();
  const [other] = await world.sql<{ id: string }>(
    `insert into integration_connections (workspace_id, integration_id, name, environment, tenant_id, time_zone, live_from, created_at, updated_at)
     values ($1, 'servicetitan', 'DFW', 'sandbox', 980517046, 'America/Chicago', $2, $2, $2) returning id`,
    world.workspaceId,
    start,
  );
  socal = await connection(world.connectionId);
  dfw = await connection(other?.id ?? '');
});
beforeEach(() => world.reset());
afterAll(() => world.close());

async function connection(id: string): Promise<ConnectionRow> {
  const row = await findConnection(world.database, id);
  if (!row) throw new Error('There is no such connection.');
  return row;
}

/** A list of one page. */
async function takeOver(tenant: ConnectionRow, rows: SuppressionRecord[], unclear: string[] = []) {
  const newest = rows.map(({ modifiedOn }) => modifiedOn).toSorted();
  await pullSuppressions(
    world.database,
    tenant.id,
    { rows, unclear, readUpTo: newest.at(-1) ?? null },
    start,
  );
}

async function pull(tenant: ConnectionRow, row: { reason?: string; active?: boolean; day?: number }) {
  const { reason = 'Unsubscribe', active = true, day = 1 } = row;
  const modifiedOn = `2026-01-0${day}T00:00:00.0000000Z`;
  const record = { email, reason, createdOn: modifiedOn, modifiedOn, active };
  await takeOver(tenant, [record]);
}

/** What becomes of the first message of a state, and what the timeline says about the address. */
async function send(state: 1 | 4) {
  const journey = await world.addJourney({ state, email: 'Testa@Example.com' });
  await world.startRun(journey, state);
  await world.steps.runDueSteps();
  await world.messages.deliverDueMessages();
  const messages = await world.sql<{ status: string; reason: string | null }>(
    'select status, reason from messages where journey_id = $1',
    journey.id,
  );
  const { suppressed } = await readTimeline(world.database, journey.contactId);
  return { messages, suppressed };
}

test('one tenant’s lifting leaves the other’s opt-out', async () => {
  await pull(socal, {});
  await pull(dfw, {});
  await pull(socal, { active: false, day: 2 });
  expect(await send(1)).toEqual({
    messages: [{ status: 'skipped', reason: 'unsubscribed' }],
    suppressed: 'unsubscribe',
  });
  await pull(dfw, { active: false, day: 2 });
  expect((await send(1)).messages).toEqual([{ status: 'sent', reason: null }]);
});

test('the strictest of several reasons holds, for one message', async () => {
  await pull(socal, { reason: 'ManualUnsubscribe' });
  await pull(dfw, { reason: 'Unsubscribe' });
  expect((await send(4)).messages).toEqual([{ status: 'sent', reason: null }]);
  await pull(dfw, { reason: 'Bounce', day: 2 });
  expect(await send(4)).toEqual({
    messages: [{ status: 'skipped', reason: 'bounced' }],
    suppressed: 'bounce',
  });
});

test('the cursor goes to the newest of what was read, and stays where nothing was', async () => {
  await pull(socal, { day: 3 });
  await takeOver(socal, []);
  expect(
    await world.sql(
      `select last_modified_on from sync_cursors where connection_id = $1 and resource = 'suppressions'`,
      socal.id,
    ),
  ).toEqual([{ last_modified_on: '2026-01-03T00:00:00.0000000Z' }]);
});

test('the cursor stays until the last page, and an unclear address is suppressed', async () => {
  await pull(socal, { day: 3 });
  const modifiedOn = '2026-01-04T00:00:00.0000000Z';
  const row = { email, reason: 'Unsubscribe', createdOn: modifiedOn, modifiedOn, active: false };
  const page = { rows: [row], unclear: [email], readUpTo: null };
  await pullSuppressions(world.database, socal.id, page, start);
  expect(
    await world.sql(
      `select c.last_modified_on, s.reason from sync_cursors c, suppressions s where c.connection_id = $1 and c.resource = 'suppressions'`,
      socal.id,
    ),
  ).toEqual([{ last_modified_on: '2026-01-03T00:00:00.0000000Z', reason: 'never_email' }]);
});

test('hundreds of addresses at once are taken over, and lifted', async () => {
  const rows = (active: boolean) =>
    Array.from({ length: 2000 }, (_, number) => ({
      email: `a-rather-long-fictional-address-${number}@example.com`,
      reason: 'Bounce',
      createdOn: '2026-01-01T00:00:00.0000000Z',
      modifiedOn: active ? '2026-01-01T00:00:00.0000000Z' : '2026-01-02T00:00:00.0000000Z',
      active,
    }));
  await takeOver(socal, rows(true));
  expect(await world.sql('select count(*)::int as count from suppressions')).toEqual([{ count: 2000 }]);
  await takeOver(socal, rows(false));
  expect(await world.sql('select count(*)::int as count from suppressions')).toEqual([{ count: 0 }]);
});

test('who unsubscribed here stays so whatever a tenant lifts, and is told to it once', async () => {
  await pull(socal, {});
  await world.sql(
    `insert into suppressions (workspace_id, email, reason, source, connection_id, created_at)
     values ($1, $2, 'unsubscribe', 'unsubscribe', $3, $4)`,
    world.workspaceId,
    email,
    socal.id,
    start,
  );
  expect(await pendingWriteBacks(world.database, socal.id)).toEqual([email]);
  expect(await pendingWriteBacks(world.database, dfw.id)).toEqual([]);
  await markWrittenBack(world.database, socal.id, { taken: [email], refused: [], now: start });
  expect(await pendingWriteBacks(world.database, socal.id)).toEqual([]);
  await pull(socal, { active: false, day: 2 });
  expect((await send(1)).messages).toEqual([{ status: 'skipped', reason: 'unsubscribed' }]);
});

test('addresses that the tenant refuses keep nobody else’s wish from it', async () => {
  const unsubscribe = (first: number, count: number) =>
    world.sql(
      `insert into suppressions (workspace_id, email, reason, source, connection_id, created_at)
       select $1, 'person' || n || '@example.com', 'unsubscribe', 'unsubscribe', $2, $3 from generate_series($4::int, $4::int + $5::int - 1) as n`,
      world.workspaceId,
      socal.id,
      start,
      first,
      count,
    );
  await unsubscribe(1, 100);
  const refused = await pendingWriteBacks(world.database, socal.id);
  expect(refused).toHaveLength(100);
  await markWrittenBack(world.database, socal.id, { taken: [], refused, now: start });
  await unsubscribe(101, 1);
  const pending = await pendingWriteBacks(world.database, socal.id);
  expect(pending).toHaveLength(100);
  expect(pending[0]).toBe('person101@example.com');
});
