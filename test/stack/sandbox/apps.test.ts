import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sandboxAppKey } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { openSandbox, readProblem, type SandboxClient, socal } from './SandboxClient.ts';

let client: SandboxClient;
const customers = `/crm/v2/tenant/${socal.id}/customers`;
const credentials = { client_id: 'cid.mail', client_secret: 'cs1.mail' };
const grant = {
  tenant: 'SOCAL',
  clientId: 'cid.mail',
  clientSecret: 'cs1.mail',
  scopes: ['tn.crm.customers:r'],
};
const tokenAnswer = z.object({ access_token: z.string(), scope: z.string() });

beforeEach(async () => {
  client = await openSandbox();
});
afterEach(async () => client.sandbox.close());

const putApp = (...tenants: unknown[]) => client.control('PUT', 'apps/mail', { appKey: 'ak1.mail', tenants });

async function askToken(changes: Record<string, string> = {}) {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...credentials, ...changes });
  return client.send('POST', '/connect/token', form);
}

async function token(): Promise<z.infer<typeof tokenAnswer>> {
  return tokenAnswer.parse(JSON.parse((await askToken()).text));
}

async function get(path: string, bearer: string, appKey = 'ak1.mail') {
  return client.send('GET', path, undefined, { Authorization: `Bearer ${bearer}`, 'ST-App-Key': appKey });
}

describe('another app', () => {
  it('has a key, credentials and scopes of its own', async () => {
    await putApp(grant);
    const { access_token: bearer, scope } = await token();
    expect(scope).toBe('tn.crm.customers:r');
    expect((await get(customers, bearer)).status).toBe(200);
    const leads = await get(`/crm/v2/tenant/${socal.id}/leads`, bearer);
    expect([leads.status, readProblem(leads).title]).toEqual([403, expect.stringContaining('crm.leads:r')]);
  });

  it('cannot use its token with the key of another app', async () => {
    await putApp(grant);
    const { access_token: bearer } = await token();
    const answer = await get(customers, bearer, sandboxAppKey);
    expect([answer.status, readProblem(answer).title]).toEqual([
      401,
      expect.stringContaining('Key is invalid'),
    ]);
  });

  it('gets no token, or no answer, from a tenant that has not approved it', async () => {
    await putApp({ ...grant, approved: false });
    const refused = await askToken();
    expect([refused.status, JSON.parse(refused.text)]).toEqual([400, { error: 'unauthorized_client' }]);
    await client.control('PUT', 'switches', { unapprovedApp: 'call' });
    const { access_token: bearer } = await token();
    expect((await get(customers, bearer)).status).toBe(403);
    await putApp({ tenant: 'SOCAL', approved: true });
    expect((await get(customers, bearer)).status).toBe(200);
  });

  it('gets other scopes only with the next approval', async () => {
    await putApp(grant);
    const scopes = ['tn.crm.customers:r', 'tn.crm.leads:r'];
    await putApp({ tenant: 'SOCAL', scopes });
    expect((await token()).scope).toBe('tn.crm.customers:r');
    expect(await client.control('GET', 'apps')).toMatchObject({
      apps: [{ name: 'sandbox' }, { name: 'mail', grants: [{ requestedScopes: scopes }] }],
    });
    await putApp({ tenant: 'SOCAL', approved: true });
    expect((await token()).scope).toBe(scopes.join(' '));
  });

  it('has two secrets while one is being replaced', async () => {
    await putApp(grant);
    const { access_token: bearer } = await token();
    await putApp({ tenant: 'SOCAL', clientSecrets: ['cs1.new', 'cs1.mail'] });
    expect((await askToken()).status).toBe(200);
    expect((await askToken({ client_secret: 'cs1.new' })).status).toBe(200);
    expect((await get(customers, bearer)).status).toBe(200);
    await putApp({ tenant: 'SOCAL', clientSecret: 'cs1.new' });
    expect((await askToken()).status).toBe(400);
  });

  it('has booking providers of its own', async () => {
    await putApp({ ...grant, scopes: ['tn.crm.bookings:r'], bookingProviders: [7] });
    const { access_token: bearer } = await token();
    const provider = (id: number) =>
      get(`/crm/v2/tenant/${socal.id}/booking-provider/${id}/bookings`, bearer);
    expect((await provider(7)).status).toBe(200);
    expect((await provider(1)).status).toBe(404);
  });

  it('has a limit of requests of its own', async () => {
    const own = await openSandbox({ requestsPerSecond: 1, clock: { now: () => new Date('2026-01-01') } });
    await own.control('PUT', 'apps/mail', { appKey: 'ak1.mail', tenants: [grant] });
    const form = new URLSearchParams({ grant_type: 'client_credentials', ...credentials });
    const answer = await own.send('POST', '/connect/token', form);
    const { access_token: bearer } = tokenAnswer.parse(JSON.parse(answer.text));
    expect((await own.call('GET', 'crm/v2/tenant/{t}/customers')).status).toBe(200);
    const headers = { Authorization: `Bearer ${bearer}`, 'ST-App-Key': 'ak1.mail' };
    expect((await own.send('GET', customers, undefined, headers)).status).toBe(200);
    await own.sandbox.close();
  });

  it('can be taken away', async () => {
    await putApp(grant);
    await client.control('DELETE', 'apps/mail');
    expect((await askToken()).status).toBe(400);
    expect((await client.send('DELETE', '/_sandbox/apps/mail')).status).toBe(404);
  });

  it.each([
    ['mail', { appKey: sandboxAppKey }, 409, /appKey belongs to the app sandbox already/],
    [
      'mail',
      { tenants: [{ tenant: 'SOCAL', clientId: socal.clientId }] },
      409,
      /clientId belongs to the app sandbox/,
    ],
    ['sandbox', {}, 409, /follows from the tenants/],
    ['mail', { tenants: [{ tenant: 'NOWHERE' }] }, 400, /tenant must be one of/],
    ['mail', { applicationGuid: 'x' }, 400, /applicationGuid/],
  ])('is refused as %s with %j', async (name, body, status, message) => {
    const answer = await client.send('PUT', `/_sandbox/apps/${name}`, body);
    expect([answer.status, answer.text]).toEqual([status, expect.stringMatching(message)]);
  });
});
