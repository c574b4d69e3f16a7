import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let member: Database;
let stranger: Database;
let anonymous: Database;
let tables: string[];

const hidden = new Set(['connection_credentials', 'webhook_keys', 'api_tokens', 'leases']);

beforeAll(async () => {
  stack = await startTestStack({ customers: 20 });
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
  await stack.work();
  const { database } = stack.embedded;
  tables = (
    await database.sql<{ name: string }>(
      `select tablename as name from pg_tables where schemaname = 'public' order by 1`,
    )
  ).map(({ name }) => name);
  const { url, fetch, publishableKey } = database;
  const open = () => createDatabase({ url, key: publishableKey, fetch });
  anonymous = open();
  member = await signIn(open(), stack.identity.email);
  stranger = await signIn(open(), 'stranger@other.example');
});

afterAll(async () => {
  await stack.close();
});

async function signIn(client: Database, email: string): Promise<Database> {
  await client.auth.signInWithOtp({ email });
  const { error } = await client.auth.verifyOtp({
    token_hash: stack.embedded.database.takeSignInToken(email) ?? '',
    type: 'magiclink',
  });
  expect(error).toBeNull();
  return client;
}

async function count(client: Database, table: string): Promise<number> {
  const { data } = await client.from(table).select('*').limit(5);
  return Array.isArray(data) ? data.length : 0;
}

describe('row-level security', () => {
  it('is on for every table', async () => {
    const open = await stack.embedded.database.sql(
      `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = 'public' and c.relkind = 'r' and not c.relrowsecurity`,
    );
    expect(open).toEqual([]);
    expect(tables.length).toBeGreaterThan(20);
  });

  it('shows a member the rows of the own workspace, but neither credentials nor tokens', async () => {
    for (const table of [
      'workspaces',
      'contacts',
      'customer_servicetitan_state',
      'servicetitan_records',
      'flows',
      'messages',
    ]) {
      expect([table, await count(member, table)]).not.toEqual([table, 0]);
    }
    for (const table of hidden) expect([table, await count(member, table)]).toEqual([table, 0]);
  });

  it('shows nothing of it to a stranger or to nobody', async () => {
    for (const table of tables) {
      expect([table, await count(stranger, table)]).toEqual([table, 0]);
      expect([table, await count(anonymous, table)]).toEqual([table, 0]);
    }
  });

  it('lets nobody but the server write', async () => {
    for (const client of [member, stranger, anonymous]) {
      const { error } = await client.from('workspaces').insert({ name: 'Mine', slug: 'mine' });
      expect(error).not.toBeNull();
      await client.from('customer_servicetitan_state').update({ current_state: 6 }).gte('version', 0);
      await client.from('messages').delete().neq('status', 'none');
    }
    const [rows] = await stack.embedded.database.sql<{ moved: number; messages: number }>(
      `select (select count(*) from customer_servicetitan_state where current_state = 6 and rule_state <> 6)::int as moved,
        (select count(*) from messages)::int as messages`,
    );
    expect(rows?.moved).toBe(0);
    expect(rows?.messages).toBeGreaterThan(0);
  });

  it('keeps the functions of the server from everybody else', async () => {
    for (const client of [member, stranger, anonymous]) {
      const { error } = await client.rpc('set_override', {
        p_id: crypto.randomUUID(),
        p_journey: crypto.randomUUID(),
        p_state: 0,
        p_reason: 'x',
        p_set_by: 'x',
        p_source: 'manual',
        p_set_on: '2026-01-01T00:00:00.0000000Z',
        p_now: '2026-01-01T00:00:00Z',
      });
      expect(error).not.toBeNull();
    }
    const open = await stack.embedded.database.sql<{ name: string }>(
      `select p.proname as name from pg_proc p join pg_namespace n on n.oid = p.pronamespace
       where n.nspname = 'public' and has_function_privilege('anon', p.oid, 'execute') and p.proname <> 'current_user_id'`,
    );
    expect(open).toEqual([]);
  });
});
