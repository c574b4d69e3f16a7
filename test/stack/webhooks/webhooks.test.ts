import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { tokenOf } from '#test/helpers/tokenOf.ts';
import { tidyUp } from '#trigger/housekeeping.ts';
import { firstKey, webhookBody, WebhookWorld } from './WebhookWorld.ts';

let world: WebhookWorld;

beforeAll(async () => {
  world = await WebhookWorld.open();
});
beforeEach(async () => {
  await world.stack.worker.requests.idle();
  await world.control('DELETE', 'counters');
  await world.save({ key: firstKey, formerKey: 'drop' });
});
afterEach(async () => {
  await world.subscribe(null);
  await world.forgetDeliveries();
});
afterAll(async () => {
  await world.close();
});

async function statesOf(customerId: number): Promise<number[]> {
  const { database } = world.stack.embedded;
  const rows = await database.sql<{ state: number }>(
    `select current_state::float8 as state from customer_servicetitan_state where servicetitan_customer_id = ${customerId} order by 1`,
  );
  return rows.map(({ state }) => state);
}

async function mailsSince<Result>(act: () => Promise<Result>) {
  const before = (await world.stack.mails()).length;
  const result = await act();
  const subjects = (await world.stack.mails()).slice(before).map(({ subject }) => subject);
  return { result, subjects };
}

describe('a webhook of ServiceTitan', () => {
  it('moves the customer and mails them, without any scheduled poll', async () => {
    await world.subscribe({ key: firstKey });
    const lead = await mailsSince(() => world.happen('lead_received'));
    const { customerId } = lead.result;
    expect(await statesOf(customerId)).toEqual([1]);
    expect(lead.subjects).toHaveLength(1);
    const visit = await mailsSince(() => world.happen('sales_booked', customerId));
    expect(await statesOf(customerId)).toEqual([2]);
    expect(visit.subjects).toHaveLength(1);
    const [transition] = await world.stack.embedded.database.sql<{ source: string }>(
      'select source from state_transitions order by id desc limit 1',
    );
    expect(transition?.source).toBe('webhook');
    expect((await world.settings()).recent[0]?.type).toMatch(/^tn\./);
  });

  it('is no more than a hint: polling alone ends in the same', async () => {
    await world.subscribe({ key: firstKey });
    const told = await mailsSince(() => world.happen('lead_received'));
    await world.subscribe(null);
    const polled = await mailsSince(async () => {
      const outcome = await world.happen('lead_received');
      expect(await statesOf(outcome.customerId)).toEqual([]);
      await world.stack.work();
      return outcome;
    });
    expect(await statesOf(polled.result.customerId)).toEqual(await statesOf(told.result.customerId));
    expect(polled.subjects).toHaveLength(told.subjects.length);
    expect((await mailsSince(() => world.stack.work())).subjects).toEqual([]);
  });

  it('is sent again by ServiceTitan after a failure here, and then believed', async () => {
    const { database } = world.stack.embedded;
    await world.subscribe({ key: firstKey });
    await database.sql('alter table webhook_events rename to webhook_events_away');
    const { customerId } = await world.happen('lead_received');
    expect((await world.settled()).at(-1)).toMatchObject({ status: 'waiting', attempts: [{ status: 500 }] });
    await database.sql('alter table webhook_events_away rename to webhook_events');
    expect(await statesOf(customerId)).toEqual([]);
    await world.stack.embedded.sandbox.advance('PT10S');
    expect((await world.settled()).at(-1)).toMatchObject({
      status: 'delivered',
      attempts: [{ status: 500 }, { status: 202 }],
    });
    expect(await statesOf(customerId)).toEqual([1]);
  });

  it('is answered, counted and not polled for when it is delivered again', async () => {
    await world.subscribe({ key: firstKey });
    await world.happen('lead_received');
    const [first] = await world.settled();
    const counted = await world.counts();
    const asked = await world.requests();
    await world.control('POST', `webhooks/deliveries/${first?.id}/replay`);
    const again = (await world.settled()).find(({ id }) => id === first?.id);
    expect(again?.attempts.map(({ status }) => status)).toEqual([202, 200]);
    expect(await world.requests()).toBe(asked);
    expect(await world.counts()).toEqual({ ...counted, repeated: (counted['repeated'] ?? 0) + 1 });
    expect((await world.settings()).recent.filter(({ repeats }) => repeats === 1)).toHaveLength(1);
  });

  it('of which many come at once is polled for once or twice', async () => {
    await Promise.all(Array.from({ length: 30 }, async () => world.send(webhookBody(world))));
    await world.stack.worker.requests.idle();
    const counters = JSON.stringify(await world.control('GET', 'counters'));
    expect(counters).toContain('jobs');
    expect(await world.requests()).toBeLessThan(40);
  });

  it.each([
    { name: 'base64', subscription: { encoding: 'base64' }, settings: {} },
    { name: 'base64, settled', subscription: { encoding: 'base64' }, settings: { encoding: 'base64' } },
    { name: 'hex, settled', subscription: { encoding: 'hex' }, settings: { encoding: 'hex' } },
    { name: 'another header', subscription: { header: 'x-hook' }, settings: { headerName: 'X-Hook' } },
  ] as const)('may be signed in $name', async ({ subscription, settings }) => {
    await world.save(settings);
    await world.subscribe({ key: firstKey, ...subscription });
    await world.happen('lead_received');
    expect((await world.settled()).map(({ status }) => status)).toEqual(['delivered']);
  });

  it('may have sha256= before its signature', async () => {
    const body = webhookBody(world);
    const signature = `sha256=${createHmac('sha256', firstKey).update(body).digest('hex')}`;
    expect(await world.send(body, { headers: { 'x-servicetitan-signature': signature } })).toBe(202);
  });

  it('of an unknown kind is remembered and polls everything; one that no state hangs on polls nothing', async () => {
    await world.stack.advance('PT1M');
    const asked = await world.requests();
    expect(await world.send(webhookBody(world, { type: 'tn.tlc.call-completed' }))).toBe(202);
    await world.stack.worker.requests.idle();
    expect(await world.requests()).toBe(asked);
    expect(await world.send(webhookBody(world, { type: 'tn.new.thing-happened' }))).toBe(202);
    await world.stack.worker.requests.idle();
    expect(await world.requests()).toBeGreaterThan(asked);
    expect((await world.settings()).recent.map(({ type }) => type)).toContain('tn.new.thing-happened');
  });
});

describe('a webhook that cannot be believed', () => {
  it('is refused with the reason, counted by it, and polls nothing', async () => {
    const before = await world.counts();
    const asked = await world.requests();
    const body = webhookBody(world);
    const signature = createHmac('sha256', firstKey).update(body).digest('hex');
    const old = new Date(world.stack.context.clock.now().getTime() - 25 * 3600_000).toISOString();
    const answers = {
      wrong_key: await world.send(body, { key: 'another-key-of-forty-characters-01234567' }),
      unsigned: await world.send(body, { headers: {} }),
      other_header: await world.send(body, { headers: { 'x-signature': signature } }),
      altered: await world.send(`${body} `, { headers: { 'x-servicetitan-signature': signature } }),
      other_tenant: await world.send(webhookBody(world, { data: { tenantId: 1116148646 } })),
      old: await world.send(webhookBody(world, { time: old })),
      rubbish: await world.send('rubbish'),
      empty: await world.send(''),
      large: await world.send(Buffer.alloc(1024 * 1024 + 1, 0x20)),
    };
    expect(answers).toEqual({
      wrong_key: 401,
      unsigned: 401,
      other_header: 401,
      altered: 401,
      other_tenant: 403,
      old: 400,
      rubbish: 400,
      empty: 400,
      large: 413,
    });
    const gained = Object.entries(await world.counts()).map(([reason, count]) => [
      reason,
      count - (before[reason] ?? 0),
    ]);
    expect(Object.fromEntries(gained.filter(([, count]) => count !== 0))).toEqual({
      wrong_signature: 2,
      unsigned: 2,
      other_tenant: 1,
      replayed: 1,
      malformed: 2,
      too_large: 1,
    });
    expect(await world.requests()).toBe(asked);
    expect((await world.settings()).lastRefusal?.words).toBeTruthy();
  });

  it('is refused while webhooks are off', async () => {
    await world.save({ enabled: false });
    expect(await world.send(webhookBody(world))).toBe(403);
  });

  it('is refused at the address of nobody, and of a connection without a key, with what to do', async () => {
    const to = async (id: string) =>
      fetch(world.address.replace(world.connectionId, id), { method: 'POST', body: webhookBody(world) });
    expect((await to(crypto.randomUUID())).status).toBe(404);
    expect((await to('socal')).status).toBe(400);
    const response = await to(world.stack.connections.dfw.id);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('Set one under Integrations');
  });

  it('costs no write each: a flood is counted in memory', async () => {
    const { database } = world.stack.embedded;
    await world.settings();
    await database.sql('create table flood_writes (at timestamptz default now())');
    await database.sql(
      `create function note_flood_write() returns trigger language plpgsql as $$ begin insert into public.flood_writes default values; return null; end $$`,
    );
    await database.sql(
      'create trigger note_flood_write after insert on webhook_counts for each statement execute function note_flood_write()',
    );
    await database.sql('grant all on flood_writes to service_role');
    const before = (await world.counts())['wrong_signature'] ?? 0;
    const wrong = { headers: { 'x-servicetitan-signature': 'f'.repeat(64) } };
    for (let round = 0; round < 20; round += 1) {
      const statuses = await Promise.all(Array.from({ length: 25 }, async () => world.send('{}', wrong)));
      expect(new Set(statuses)).toEqual(new Set([401]));
    }
    expect((await world.counts())['wrong_signature']).toBe(before + 500);
    const [writes] = await database.sql<{ count: number }>('select count(*)::int as count from flood_writes');
    expect(writes?.count).toBeLessThan(10);
    await database.sql('drop trigger note_flood_write on webhook_counts');
    await database.sql('drop function note_flood_write');
    await database.sql('drop table flood_writes');
  });
});

describe('a signing key', () => {
  it('is shown once when it was generated, and never again', async () => {
    const { generatedKey } = await world.save({ key: 'generate' });
    expect(generatedKey).toMatch(/^[\da-f]{48}$/);
    const later = await world.settings();
    expect(later).toMatchObject({ hasKey: true, generatedKey: null, address: world.address });
    expect(JSON.stringify(later)).not.toContain(generatedKey);
    expect(await world.send(webhookBody(world), { key: generatedKey ?? '' })).toBe(202);
    const stored = await world.stack.embedded.database.sql('select * from webhook_keys');
    expect(JSON.stringify(stored)).not.toContain(generatedKey);
    const audit = await world.stack.embedded.database.sql('select detail from audit_log');
    expect(JSON.stringify(audit)).not.toContain(generatedKey);
  });

  it('can be replaced without losing a webhook: both count for a day', async () => {
    const second = 'second-key-of-forty-characters-123456789';
    const saved = await world.save({ key: second });
    const until = world.stack.context.clock.now().getTime() + 24 * 3600_000;
    expect(saved.formerKeyUntil).toBe(new Date(until).toISOString());
    expect(await world.send(webhookBody(world))).toBe(202);
    expect(await world.send(webhookBody(world), { key: second })).toBe(202);
    await world.stack.advance('P1D');
    expect(await world.send(webhookBody(world))).toBe(401);
    expect(await world.send(webhookBody(world), { key: second })).toBe(202);
    expect((await world.settings()).formerKeyUntil).toBeNull();
  });

  it('can be ended at once', async () => {
    const second = 'second-key-of-forty-characters-123456789';
    await world.save({ key: second });
    await world.save({ formerKey: 'drop' });
    expect(await world.send(webhookBody(world))).toBe(401);
    expect(await world.send(webhookBody(world), { key: second })).toBe(202);
  });

  it('must be long enough, and the header a header', async () => {
    const usual = { enabled: true, headerName: 'x-servicetitan-signature', encoding: 'auto' };
    for (const [field, value] of [
      ['key', 'short'],
      ['key', 'ä'.repeat(40)],
      ['headerName', 'x y'],
      ['encoding', 'rot13'],
    ] as const) {
      const response = await world.put({ ...usual, [field]: value });
      expect([field, response.status]).toEqual([field, 400]);
      expect(await response.text()).toContain(field);
    }
  });
});

describe('the settings of webhooks', () => {
  it('are for administrators of the workspace only', async () => {
    expect((await fetch(world.api)).status).toBe(401);
    const strange = world.api.replace(world.connectionId, crypto.randomUUID());
    const headers = { authorization: `Bearer ${world.stack.embedded.secrets.apiToken}` };
    expect((await fetch(strange, { headers })).status).toBe(404);
    for (const role of ['viewer', 'marketer', 'admin'] as const) {
      const own = { authorization: `Bearer ${await tokenOf(world.stack, role)}` };
      expect((await fetch(world.api, { headers: own })).status).toBe(role === 'admin' ? 200 : 403);
      const put = await fetch(world.api, { method: 'PUT', headers: own });
      expect(put.status).toBe(role === 'admin' ? 400 : 403);
    }
  });

  it('forget webhooks after 30 days', async () => {
    expect(await world.send(webhookBody(world))).toBe(202);
    const { database } = world.stack.embedded;
    await database.sql(`update webhook_events set received_at = received_at - interval '31 days'`);
    expect(await world.send(webhookBody(world))).toBe(202);
    await tidyUp(world.stack.context);
    expect((await world.settings()).recent).toHaveLength(1);
  });
});
