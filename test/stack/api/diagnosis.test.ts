import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { connectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';
import { tokenOf } from '#test/helpers/tokenOf.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };

const secrets = ['cs1.sandbox', 'cid.sandbox', 'ak1.sandbox', 'eyJ'];
const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ field: z.string(), message: z.string() })).optional(),
  }),
});

beforeAll(async () => {
  stack = await startTestStack({ timeoutMs: 2000 });
  server = await serveTestStack(stack);
});
afterEach(() => stack.sandbox.clearFaults());
afterAll(async () => {
  await server.close();
  await stack.close();
});

async function ask(
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  token = stack.embedded.secrets.apiToken,
) {
  const response = await fetch(`${server.url}/api${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      ...(body ? { 'content-type': 'application/json' } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  const text = await response.text();
  for (const secret of secrets) expect(text).not.toContain(secret);
  const reply: unknown = JSON.parse(text);
  return { status: response.status, reply };
}

const diagnosisReply = z.object({ diagnosis: connectionDiagnosis });

async function check() {
  const { status, reply } = await ask('POST', `/connections/${stack.connections.socal.id}/diagnosis`);
  expect(status).toBe(200);
  return diagnosisReply.parse(reply).diagnosis;
}

async function stored() {
  const { reply } = await ask('GET', `/connections/${stack.connections.socal.id}`);
  return z.object({ diagnosis: connectionDiagnosis.nullable() }).parse(reply).diagnosis;
}

function refuse(path: string, status: number): void {
  stack.sandbox.addFaults({ kind: 'status', path, status });
}

/** A bearer token of a new member with this role. */
it('shows what was found on connecting, before anybody checks', async () => {
  expect(await stored()).toMatchObject({ verdict: 'working' });
});

it('checks a connection and keeps what it found', async () => {
  refuse('/crm/v2', 403);
  const diagnosis = await check();
  expect(diagnosis.verdict).toBe('missing_scope');
  expect(await stored()).toEqual(diagnosis);
  stack.sandbox.clearFaults();
  expect((await check()).verdict).toBe('working');
  expect(await stored()).toMatchObject({ verdict: 'working' });
});

it('is for administrators', async () => {
  const path = `/connections/${stack.connections.socal.id}/diagnosis`;
  for (const role of ['viewer', 'marketer'] as const) {
    const { status, reply } = await ask('POST', path, undefined, await tokenOf(stack, role));
    expect([status, errorBody.parse(reply).error.code]).toEqual([403, 'forbidden']);
  }
  expect((await ask('POST', path, undefined, await tokenOf(stack, 'admin'))).status).toBe(200);
  expect((await ask('POST', path, undefined, 'chou_nobody')).status).toBe(401);
});

it('knows no connection of another workspace', async () => {
  const { status } = await ask('POST', '/connections/5a4db0c5-0000-4000-8000-000000000009/diagnosis');
  expect(status).toBe(404);
});

it('checks a connection once at a time', async () => {
  const { socal, dfw } = stack.connections;
  stack.sandbox.addFaults({ kind: 'hang', path: '/connect/token', times: 1 });
  const first = fetch(`${server.url}/api/connections/${socal.id}/diagnosis`, {
    method: 'POST',
    headers: { authorization: `Bearer ${stack.embedded.secrets.apiToken}` },
  });
  await expect
    .poll(
      async () =>
        await stack.embedded.database.sql(
          `select name from public.leases where name = 'diagnosis:${socal.id}'`,
        ),
    )
    .toHaveLength(1);
  const second = await ask('POST', `/connections/${socal.id}/diagnosis`);
  expect([second.status, errorBody.parse(second.reply).error.message]).toEqual([
    409,
    expect.stringContaining('SOCAL is being checked already'),
  ]);
  expect((await ask('POST', `/connections/${dfw.id}/diagnosis`)).status).toBe(200);
  const answer = await first;
  expect(answer.status).toBe(200);
  expect((await ask('POST', `/connections/${socal.id}/diagnosis`)).status).toBe(200);
});

function tenantNamed(name: string) {
  const tenant = stack.sandbox.tenants().find((candidate) => candidate.name === name);
  if (!tenant) throw new Error(`There is no tenant ${name}.`);
  return tenant;
}

function credentials(changes: object = {}) {
  const socal = tenantNamed('SOCAL');
  return {
    name: 'Another',
    environment: 'sandbox',
    timeZone: 'America/Chicago',
    tenantId: socal.id,
    clientId: socal.clientId,
    clientSecret: socal.clientSecret,
    appKey: socal.appKey,
    ...changes,
  };
}

it.each([
  [{ clientSecret: 'cs1.wrong' }, 'clientSecret', /does not know this client ID/],
  [{ appKey: 'ak1.wrong' }, 'appKey', /refuses the application key/],
  [{ tenantId: 980_517_046 }, 'tenantId', /The client belongs to tenant/],
])(
  'says at the field what is wrong with credentials that are being entered: %j',
  async (changes, field, words) => {
    const { status, reply } = await ask('POST', '/servicetitan/auth/test', credentials(changes));
    const { error } = errorBody.parse(reply);
    expect(status).toBe(400);
    expect(error.issues).toEqual([{ field, message: expect.stringMatching(words) }]);
    expect(error.message).not.toMatch(/cs1\.|ak1\./);
  },
);

/** The credentials of a tenant that is not connected. */
async function newTenant(id: number, tenant: { name: string; scopes?: string[] }) {
  const response = await fetch(`${stack.sandbox.url}/_sandbox/tenants/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(tenant),
  });
  expect(response.status).toBe(200);
  const { id: tenantId, clientId, clientSecret } = tenantNamed(tenant.name);
  return credentials({ tenantId, clientId, clientSecret });
}

it('names the missing scope of credentials that are being entered', async () => {
  const scopes = ['tn.crm.customers:r', 'tn.jpm.jobs:r', 'tn.jpm.appointments:r'];
  const narrow = await newTenant(77, { name: 'NARROW', scopes });
  const { status, reply } = await ask('POST', '/servicetitan/auth/test', narrow);
  expect([status, errorBody.parse(reply).error.message]).toEqual([
    400,
    expect.stringContaining('tn.sal.estimates:r'),
  ]);
});

it('connects without the reference lists where they may not be read', async () => {
  const fresh = await newTenant(78, { name: 'FRESH' });
  refuse('/jpm/v2/tenant/\\d+/job-(types|cancel-reasons)', 403);
  const { status, reply } = await ask('POST', '/servicetitan/auth/test', fresh);
  expect([status, reply]).toEqual([200, { connectedAs: null, jobTypes: [] }]);
});
