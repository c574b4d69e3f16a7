import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ConnectionDiagnosis } from '#integrations/ConnectionDiagnosis.ts';
import { diagnoseConnection } from '#integrations/crm/servicetitan/diagnosis/diagnoseConnection.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { describeTenant, sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { allScopes } from '#integrations/crm/servicetitan/sandbox/scopes.ts';
import {
  resolveServiceTitanConfig,
  type ServiceTitanConfig,
} from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';

const start = new Date('2026-03-02T20:00:00Z');
const [socal, dfw] = sandboxTenants;
const narrow = describeTenant({
  id: 77,
  name: 'NARROW',
  scopes: allScopes.filter((scope) => scope !== 'tn.sal.estimates:r' && scope !== 'tn.crm.bookings:w'),
});
const deaf = describeTenant({
  id: 78,
  name: 'DEAF',
  scopes: allScopes.filter((scope) => !scope.startsWith('tn.mar.suppressions')),
});

let production: Sandbox;
let integration: Sandbox;

beforeAll(async () => {
  const options = {
    port: 0,
    seed: 1,
    customers: 3,
    start,
    freeze: true,
    tenants: [socal, dfw, narrow, deaf],
  };
  [production, integration] = await Promise.all([
    startSandbox(options),
    startSandbox({ ...options, switches: { environment: 'integration' } }),
  ]);
  await control('/apps/guest', {
    appKey: 'ak1.guest',
    tenants: [{ tenant: 'SOCAL', approved: false }, { tenant: 'DFW' }],
  });
  await control(
    '/apps/trial',
    { appKey: 'ak1.trial', tenants: [{ tenant: 'SOCAL', environment: 'integration' }] },
    integration,
  );
});
afterEach(async () => {
  production.clearFaults();
  await fetch(`${production.url}/_sandbox/switches`, { method: 'DELETE' });
});
afterAll(() => Promise.all([production.close(), integration.close()]));

async function control(path: string, body: object, sandbox = production): Promise<void> {
  const response = await fetch(`${sandbox.url}/_sandbox${path}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
}

/** Diagnoses SOCAL's connection with some of it changed, and proves that no secret shows. */
async function diagnose(changes: Partial<ServiceTitanConfig> = {}): Promise<ConnectionDiagnosis> {
  const urls = (sandbox: Sandbox) => ({ authUrl: sandbox.url, apiUrl: sandbox.url });
  const { id: tenantId, clientId, clientSecret, appKey } = socal;
  const credentials = { environment: 'sandbox', tenantId, clientId, clientSecret, appKey };
  const config: ServiceTitanConfig = {
    ...resolveServiceTitanConfig(credentials, urls(production)),
    environment: 'production',
    ...changes,
  };
  const diagnosis = await diagnoseConnection(config, {
    clock: { now: () => start },
    sleep: () => Promise.resolve(),
    environments: { production: urls(production), integration: urls(integration) },
  });
  const text = JSON.stringify(diagnosis);
  for (const secret of [config.clientSecret, config.clientId, config.appKey, 'eyJ'])
    expect(text).not.toContain(secret);
  return diagnosis;
}

/** Reading and writing of a resource, by its scope. */
function accessOf({ scopes }: ConnectionDiagnosis, name: string): string {
  const finding = scopes.find(({ scope }) => scope === name);
  return `${finding?.read} ${finding?.write}`;
}

it('finds nothing wrong where nothing is, by a token and one read', async () => {
  const before = await requests();
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({ verdict: 'working', details: [], clockSkewMs: 0, requestIds: [] });
  expect(diagnosis.scopes.every(({ read, write }) => read === 'granted' && write === 'granted')).toBe(true);
  expect((await requests()) - before).toBe(2);
});

async function requests(): Promise<number> {
  const response = await fetch(`${production.url}/_sandbox/requests`);
  const { requests: all }: { requests: unknown[] } = await response.json();
  return all.length;
}

it('tells a wrong secret', async () => {
  expect(await diagnose({ clientSecret: 'cs1.wrong' })).toMatchObject({ verdict: 'wrong_client' });
});

it('tells a wrong application key, and that of another app', async () => {
  expect(await diagnose({ appKey: 'ak1.wrong' })).toMatchObject({ verdict: 'wrong_app_key' });
  expect(await diagnose({ appKey: 'ak1.guest' })).toMatchObject({ verdict: 'wrong_app_key' });
});

it.each(['token', 'call'])(
  'tells an app that the tenant has not approved, stopped at the %s',
  async (where) => {
    await control('/switches', { unapprovedApp: where });
    const clientId = `${socal.clientId}-guest`;
    const clientSecret = `${socal.clientSecret}-guest`;
    expect(await diagnose({ clientId, clientSecret, appKey: 'ak1.guest' })).toMatchObject({
      verdict: 'app_not_approved',
      headline: `The app is not approved in tenant ${socal.id}.`,
    });
  },
);

it('tells missing scopes by name: those that it cannot do without, and those that switch off a part', async () => {
  const { clientId, clientSecret } = narrow;
  const diagnosis = await diagnose({ tenantId: narrow.id, clientId, clientSecret });
  expect(diagnosis).toMatchObject({
    verdict: 'missing_scope',
    headline: expect.stringContaining('tn.sal.estimates:r'),
  });
  expect(accessOf(diagnosis, 'tn.sal.estimates')).toBe('missing granted');
  expect(accessOf(diagnosis, 'tn.crm.bookings')).toBe('granted missing');
  expect(accessOf(diagnosis, 'tn.jpm.jobs')).toBe('granted granted');
  expect(diagnosis.requestIds).toHaveLength(1);
});

it('says loudly that opt-outs are not known', async () => {
  const { clientId, clientSecret } = deaf;
  const diagnosis = await diagnose({ tenantId: deaf.id, clientId, clientSecret });
  expect(diagnosis).toMatchObject({ verdict: 'limited' });
  expect(diagnosis.details[0]).toContain('Opt-outs made in ServiceTitan are not known');
});

it.each(['403', '404'])('tells the client of another tenant (%s)', async (otherTenant) => {
  await control('/switches', { otherTenant });
  expect(await diagnose({ tenantId: dfw.id })).toMatchObject({
    verdict: 'wrong_tenant',
    details: expect.arrayContaining([`The client belongs to tenant ${socal.id}.`]),
  });
  expect(await diagnose({ tenantId: 5 })).toMatchObject({ verdict: 'wrong_tenant' });
});

it('tells the client of the other environment', async () => {
  const clientId = `${socal.clientId}-trial`;
  const clientSecret = `${socal.clientSecret}-trial`;
  expect(await diagnose({ clientId, clientSecret, appKey: 'ak1.trial' })).toMatchObject({
    verdict: 'wrong_environment',
    headline: `The client of tenant ${socal.id} belongs to the integration environment, not to production.`,
  });
});

it('tells throttling, and when to check again', async () => {
  await control('/switches', { retryAfter: 'seconds' });
  production.addFaults({ kind: 'rate_limit', limit: 0 });
  expect(await diagnose()).toMatchObject({ verdict: 'throttled', retryAt: '2026-03-02T20:00:01.000Z' });
});

it('tells clocks that differ', async () => {
  await control('/switches', { clockSkewSeconds: 600 });
  const diagnosis = await diagnose();
  expect(diagnosis.verdict).toBe('clock_skew');
  expect(diagnosis.details).toEqual(["This server's clock is 10 minutes behind ServiceTitan's."]);
});

it.each([
  [{ kind: 'html', status: 403 }, 'intercepted'],
  [{ kind: 'html', status: 502 }, 'outage'],
  [{ kind: 'cut' }, 'unreachable'],
] as const)('tells %j from each other', async (fault, verdict) => {
  production.addFaults({ ...fault, path: '/crm' });
  expect(await diagnose()).toMatchObject({ verdict });
});

it('tells an address where nothing listens', async () => {
  const gone = await startSandbox({ port: 0, seed: 1, customers: 0 });
  await gone.close();
  expect(await diagnose({ authUrl: gone.url })).toMatchObject({
    verdict: 'unreachable',
    details: [expect.stringContaining('ECONNREFUSED')],
  });
});
