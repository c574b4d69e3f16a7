import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLogger } from '#backend/logger.ts';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { CredentialCipher } from '#backend/services/CredentialCipher.ts';
import { DatabaseRateBudget } from '#backend/services/DatabaseRateBudget.ts';
import { DatabaseTokenStore } from '#backend/services/DatabaseTokenStore.ts';
import { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanTransport } from '#integrations/crm/servicetitan/ServiceTitanTransport.ts';
import { startRealPostgres } from '#test/helpers/realPostgres.ts';
import { openTestDatabase } from '#test/helpers/testDatabase.ts';

interface World {
  database: Database;
  sql<Row extends object>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

async function openEmbedded(): Promise<World> {
  const { database, embedded, close } = await openTestDatabase();
  return { database, sql: (text) => embedded.sql(text), close };
}

async function openPostgres(): Promise<World> {
  const postgres = await startRealPostgres();
  const database = createDatabase({ url: postgres.supabaseUrl, key: postgres.secretKey });
  // The first request of all grants the roles their rights, which cannot be done twice at the same time.
  await database.from('leases').select();
  return { database, sql: (text) => postgres.sql(text), close: () => postgres.close() };
}

const logger = createLogger('silent');
const cipher = new CredentialCipher(Buffer.alloc(32, 7).toString('base64'));
const budget = { key: 'tenant', perSecond: 55 };

describe.each([
  ['the embedded database', openEmbedded],
  ['PostgreSQL', openPostgres],
])('what processes share through %s', (_, open) => {
  let world: World;
  let sandbox: Sandbox;

  beforeAll(async () => {
    [world, sandbox] = await Promise.all([open(), startSandbox({ port: 0, seed: 1, customers: 0 })]);
    sandbox.clock.freeze();
  });

  afterAll(async () => {
    await Promise.all([world.close(), sandbox.close()]);
  });

  /** What one process would have: nothing in common with another but the database. */
  function startProcess(encryption = cipher): ServiceTitanTransport {
    const { database } = world;
    const [tenant] = sandbox.tenants();
    const { id: tenantId, clientId, clientSecret, appKey } = tenant ?? { id: 0 };
    const clock = sandbox.clock;
    return new ServiceTitanTransport({
      clock,
      config: resolveServiceTitanConfig(
        { environment: 'sandbox', tenantId, clientId, clientSecret, appKey },
        { authUrl: sandbox.url, apiUrl: sandbox.url },
      ),
      shared: new SharedCalls({
        clock,
        tokens: new DatabaseTokenStore({ database, cipher: encryption }),
        rates: new DatabaseRateBudget({ database, logger }),
      }),
    });
  }

  async function call(transport: ServiceTitanTransport): Promise<void> {
    await transport.request({
      method: 'GET',
      path: 'settings/v2/tenant/{tenant}/business-units',
      schema: z.unknown(),
      repeatable: true,
    });
  }

  async function tokenRequests(): Promise<number> {
    const reply = await fetch(`${sandbox.url}/_sandbox/counters`);
    const counters = z.object({ byOperation: z.record(z.string(), z.number()) }).parse(await reply.json());
    return counters.byOperation['POST /connect/token'] ?? 0;
  }

  it('is one token for fifty processes, now and when it has expired', async () => {
    const processes = Array.from({ length: 50 }, () => startProcess());
    await Promise.all(processes.map(call));
    expect(await tokenRequests()).toBe(1);
    await sandbox.advance(840_000);
    await Promise.all(processes.map(call));
    expect(await tokenRequests()).toBe(2);
  });

  it('is a token that nobody can read in the database', async () => {
    const [row] = await world.sql<Record<string, string>>('select * from public.service_titan_tokens');
    const { ciphertext = '', ...rest } = row ?? {};
    expect(ciphertext.length).toBeGreaterThan(50);
    // Not asked of the ciphertext: among hundreds of random letters such short ones come by chance.
    expect(JSON.stringify(rest)).not.toMatch(/eyJ|cs1|cid|ak1/);
    expect(Buffer.from(ciphertext, 'base64').toString('latin1')).not.toContain('eyJ');
  });

  it('is one new token after the former was revoked', async () => {
    const processes = Array.from({ length: 10 }, () => startProcess());
    await Promise.all(processes.map(call));
    const before = await tokenRequests();
    sandbox.addFaults({ kind: 'revoke_token', times: 1 });
    await Promise.all(processes.map(call));
    expect((await tokenRequests()) - before).toBe(1);
  });

  it('is no token where the processes have different keys', async () => {
    const other = new CredentialCipher(Buffer.alloc(32, 8).toString('base64'));
    const before = await tokenRequests();
    await call(startProcess(other));
    expect((await tokenRequests()) - before).toBe(1);
  });

  it('is a renewal that another takes over when its holder died', async () => {
    const store = new DatabaseTokenStore({ database: world.database, cipher });
    const now = sandbox.clock.now();
    expect(await store.claim('dead', { holder: 'one', now })).toEqual({ type: 'renew' });
    expect(await store.claim('dead', { holder: 'two', now })).toMatchObject({ type: 'wait' });
    await world.sql(
      `update public.service_titan_tokens set leased_until = clock_timestamp() where key = 'dead'`,
    );
    expect(await store.claim('dead', { holder: 'two', now })).toEqual({ type: 'renew' });
  });

  it('is a pace: no slot is given twice, and none closer than the budget allows', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const demands = [0, 0, 0, 20];
    const leases = await Promise.all(
      Array.from({ length: 20 }, () =>
        rates.lease({ ...budget, key: 'pace' }, { demands, waiting: 20, holder: crypto.randomUUID() }),
      ),
    );
    const slots = leases.flatMap((lease) => lease.slots).toSorted((a, b) => a - b);
    const gaps = slots.slice(1).map((slot, index) => slot - (slots[index] ?? 0));
    expect(slots.length).toBeGreaterThan(20);
    expect(Math.min(...gaps)).toBeGreaterThan(1000 / budget.perSecond - 0.1);
  });

  it('is a pace of which each gets moments all over the second where two need little', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const quiet = { ...budget, key: 'quiet' };
    const ask = () => rates.lease(quiet, { demands: [0, 0, 5, 0], waiting: 1, holder: crypto.randomUUID() });
    await ask();
    await world.sql(`update public.service_titan_budgets set taken = '{}' where key = 'quiet'`);
    for (const { now, slots } of [await ask(), await ask()]) {
      expect((slots[0] ?? Infinity) - now).toBeLessThan(120);
      expect((slots.at(-1) ?? 0) - now).toBeGreaterThan(700);
    }
  });

  it('is a pace that always has a slot for a person soon', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const crowded = { ...budget, key: 'crowded' };
    for (let count = 0; count < 10; count += 1) {
      await rates.lease(crowded, { demands: [0, 0, 0, 60], waiting: 60, holder: crypto.randomUUID() });
    }
    const { now, slots } = await rates.lease(crowded, {
      demands: [1, 0, 0, 0],
      waiting: 1,
      holder: crypto.randomUUID(),
    });
    expect((slots[0] ?? Infinity) - now).toBeLessThan(500);
  });

  it('is a pace of which the less urgent get what is left, and never nothing', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const shared = { ...budget, key: 'priorities' };
    await rates.lease(shared, { demands: [0, 0, 0, 60], waiting: 60, holder: crypto.randomUUID() });
    await world.sql(`update public.service_titan_budgets set taken = '{}' where key = 'priorities'`);
    const polls = await rates.lease(shared, {
      demands: [0, 0, 60, 0],
      waiting: 60,
      holder: crypto.randomUUID(),
    });
    const backfills = await rates.lease(shared, {
      demands: [0, 0, 0, 60],
      waiting: 60,
      holder: crypto.randomUUID(),
    });
    expect(polls.slots.length).toBeGreaterThan(40);
    expect(backfills.slots.length).toBeGreaterThanOrEqual(1);
    expect(backfills.slots.length).toBeLessThan(8);
  });

  it('is a pause and half the pace after a refusal', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const refused = { ...budget, key: 'refused' };
    const ask = () =>
      rates.lease(refused, { demands: [0, 0, 60, 0], waiting: 60, holder: crypto.randomUUID() });
    await rates.throttle(refused, { pauseMs: 5000, slowDown: true });
    await rates.throttle(refused, { pauseMs: 0, slowDown: true });
    const { now, slots } = await ask();
    expect((slots[0] ?? 0) - now).toBeGreaterThan(4900);
    expect((slots[0] ?? 0) - now).toBeLessThan(5200);
    expect(slots.length).toBeGreaterThan(20);
    expect(slots.length).toBeLessThan(30);
    await world.sql(
      `update public.service_titan_budgets set rated_at = rated_at - interval '30 seconds', paused_until = null, taken = '{}', demands = '{}' where key = 'refused'`,
    );
    expect((await ask()).slots.length).toBeGreaterThan(50);
  });

  it('is a pause of half a minute at most, whatever was asked for', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const paused = { ...budget, key: 'paused' };
    for (const pauseMs of [30 * 86_400_000, 1e23]) await rates.throttle(paused, { pauseMs, slowDown: false });
    const demands = [1, 0, 0, 0];
    const { now, slots } = await rates.lease(paused, { demands, waiting: 1, holder: crypto.randomUUID() });
    expect((slots[0] ?? 0) - now).toBeLessThanOrEqual(30_100);
    expect((slots[0] ?? 0) - now).toBeGreaterThan(20_000);
  });

  it('is a token also for a process whose clock is a minute behind', async () => {
    const store = new DatabaseTokenStore({ database: world.database, cipher });
    const issuedAt = new Date('2026-03-02T20:00:00Z');
    const renewAt = new Date('2026-03-02T20:14:00Z');
    await store.save('ahead', { token: { value: 'theirs', issuedAt, renewAt } });
    const claim = (time: string) => store.claim('ahead', { holder: 'one', now: new Date(time) });
    expect(await claim('2026-03-02T19:59:00Z')).toMatchObject({ type: 'token' });
    expect(await claim('2026-03-02T19:58:59Z')).toEqual({ type: 'renew' });
  });

  it('is a turn that can be put off', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    await rates.delayTurn('late', 600_000);
    await rates.delayTurn('late', 1000);
    expect(await rates.claimTurn('late', 60_000)).toBeGreaterThan(590_000);
  });

  it('is a turn that comes once in its interval', async () => {
    const rates = new DatabaseRateBudget({ database: world.database, logger });
    const turns = await Promise.all(Array.from({ length: 10 }, () => rates.claimTurn('report', 60_000)));
    expect(turns.filter((waitMs) => waitMs === 0)).toHaveLength(1);
    expect(Math.max(...turns)).toBeGreaterThan(50_000);
    await world.sql(`update public.service_titan_turns set free_at = clock_timestamp() where key = 'report'`);
    expect(await rates.claimTurn('report', 60_000)).toBe(0);
  });
});
