import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;

beforeEach(async () => {
  stack = await startTestStack();
});
afterEach(() => stack.close());

/** Takes scopes of SOCAL's app away; the connection gets its new token by the way. */
async function grantAllBut(...taken: string[]): Promise<void> {
  const [socal] = stack.sandbox.tenants();
  if (!socal) throw new Error('SOCAL is gone.');
  const { id, name, timeZone, clientId, clientSecret } = socal;
  allScopes ??= socal.scopes;
  const scopes = allScopes.filter((scope) => !taken.includes(scope));
  const response = await fetch(`${stack.sandbox.url}/_sandbox/tenants/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name, timeZone, clientId, clientSecret, scopes }),
  });
  if (!response.ok) throw new Error(await response.text());
}
let allScopes: readonly string[] | undefined;

async function socalNow() {
  const { identity, connections, context } = stack;
  return await context.overview.detail(identity.workspaceId, connections.socal.id);
}

async function work() {
  return await stack.worker.work({ connection: 'SOCAL', untilIdle: true });
}

/** What a resource's ways of reading say of their failures. */
async function failuresOf(resource: string) {
  const { resources } = await socalNow();
  return resources.find((each) => each.resource === resource)?.paths ?? [];
}

/** The states that SOCAL's journeys are in. */
async function states(): Promise<number[]> {
  const rows = await stack.embedded.database.sql<{ state: string }>(
    `select current_state as state from public.customer_servicetitan_state where connection_id = '${stack.connections.socal.id}' order by 1`,
  );
  return rows.map(({ state }) => Number(state));
}

it('without leads and bookings the other states are derived, and what is off is said', async () => {
  await work();
  await grantAllBut('tn.crm.leads:r', 'tn.crm.bookings:r');
  // In this order: a visit would be booked for the customer who came as a lead.
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
  expect(await work()).toMatchObject({ status: 'succeeded', errors: [] });
  expect(await states()).toContain(2);
  expect(await states()).not.toContain(1);
  const { connection } = await socalNow();
  expect(connection).toMatchObject({ status: 'connected' });
  expect(connection.statusReason).toMatch(/State 1 is not seen for customers who came as a lead\./);
  expect(connection.statusReason).toMatch(/Add tn\.crm\.bookings:r, tn\.crm\.leads:r to the app/);
  expect((await failuresOf('leads'))[0]?.lastError).toContain('403');
  expect((await failuresOf('jobs'))[0]).toMatchObject({ failures: 0, lastError: null });

  await grantAllBut();
  await work();
  expect((await socalNow()).connection).toMatchObject({ status: 'connected', statusReason: null });
  expect(await states()).toContain(1);
});

it('without estimates nothing is derived, the scope is named, and all else is read', async () => {
  await stack.work();
  const before = await states();
  await grantAllBut('tn.sal.estimates:r');
  await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
  const summary = await work();
  expect(summary).toMatchObject({ status: 'failed', transitions: 0 });
  expect(await states()).toEqual(before);
  const { connection, resources } = await socalNow();
  expect(connection).toMatchObject({ status: 'error' });
  expect(connection.statusReason).toContain(
    'read estimates (tn.sal.estimates:r), which states cannot do without',
  );
  expect(resources.find(({ resource }) => resource === 'jobs')).toMatchObject({ records: 1 });
  expect((await failuresOf('jobs'))[0]).toMatchObject({ failures: 0 });
});

it('opt-outs that may not be read are said loudly, and those made here are still passed on', async () => {
  await work();
  await grantAllBut('tn.mar.suppressions:r');
  await optOut('gone@example.com');
  expect(await work()).toMatchObject({ status: 'succeeded' });
  const { connection } = await socalNow();
  expect(connection.statusReason).toContain('Opt-outs made in ServiceTitan are not known');
  expect(connection.statusReason).toContain('tn.mar.suppressions:r');
  expect((await failuresOf('suppressions'))[0]?.lastError).toContain('403');
  expect(await pending()).toEqual([]);

  await grantAllBut();
  await work();
  expect((await socalNow()).connection.statusReason).toBeNull();
  expect(await failuresOf('suppressions')).toMatchObject([{ failures: 0, lastError: null }]);
});

it('opt-outs that may not be written are said too, and are passed on once they may', async () => {
  await work();
  await grantAllBut('tn.mar.suppressions:w');
  await optOut('gone@example.com');
  await work();
  expect((await socalNow()).connection.statusReason).toContain(
    'ServiceTitan is not told who unsubscribes here',
  );
  expect(await pending()).toEqual(['gone@example.com']);
  await grantAllBut();
  await work();
  expect(await pending()).toEqual([]);
});

it('opt-outs are read although states cannot be derived', async () => {
  await work();
  await grantAllBut('tn.sal.estimates:r', 'tn.mar.suppressions:r');
  await work();
  expect((await socalNow()).connection.statusReason).toMatch(/tn\.sal\.estimates:r.*Opt-outs/);
});

async function optOut(email: string): Promise<void> {
  await stack.embedded.database.sql(
    `insert into public.suppressions (workspace_id, email, reason, source, connection_id, created_at)
     values ('${stack.identity.workspaceId}', '${email}', 'unsubscribe', 'unsubscribe', '${stack.connections.socal.id}', now())`,
  );
}

async function pending(): Promise<string[]> {
  const rows = await stack.embedded.database.sql<{ email: string }>(
    `select email from public.suppressions where source = 'unsubscribe' and written_back_at is null`,
  );
  return rows.map(({ email }) => email);
}
