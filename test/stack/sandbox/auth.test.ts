import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeTenant, sandboxAppKey } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { dfw, openSandbox, readProblem, type SandboxClient, socal } from './SandboxClient.ts';

let client: SandboxClient;
const narrow = describeTenant({ id: 77, name: 'NARROW', scopes: ['tn.crm.customers:r'] });
const customers = `/crm/v2/tenant/${socal.id}/customers`;
const appKey = { 'ST-App-Key': sandboxAppKey };

beforeAll(async () => {
  client = await openSandbox({ tenants: [socal, dfw, narrow] });
});
afterAll(async () => client.sandbox.close());

function form(changes: Readonly<Record<string, string>> = {}): URLSearchParams {
  const { clientId, clientSecret } = socal;
  return new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    ...changes,
  });
}

describe('the token endpoint', () => {
  it('gives a bearer token of 900 seconds with its scopes', async () => {
    const token = await client.token();
    expect(token).toMatchObject({ expires_in: 900, token_type: 'Bearer' });
    expect(token.scope.split(' ')).toContain('tn.crm.customers:r');
  });

  it('refuses JSON', async () => {
    const answer = await client.send('POST', '/connect/token', Object.fromEntries(form()));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error: 'invalid_request' }]);
  });

  it.each([
    ['a wrong secret', { client_secret: 'cs1.wrong' }, 'invalid_client'],
    ['a secret with a stray blank', { client_secret: `${socal.clientSecret} ` }, 'invalid_client'],
    ['an unknown client', { client_id: 'cid.nobody' }, 'invalid_client'],
    ["another tenant's secret", { client_secret: dfw.clientSecret }, 'invalid_client'],
    ['another grant', { grant_type: 'password' }, 'unsupported_grant_type'],
  ])('answers %s with 400', async (_name, changes, error) => {
    const answer = await client.send('POST', '/connect/token', form(changes));
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error }]);
  });
});

describe('a resource call', () => {
  it('misses the app key before the token', async () => {
    const answer = await client.send('GET', customers);
    expect(answer.status).toBe(401);
    expect(readProblem(answer).title).toMatch(/Application Key is missing.*ST-App-Key/);
  });

  it('refuses a wrong app key although the token is right', async () => {
    const { access_token: token } = await client.token();
    const headers = { 'ST-App-Key': 'ak1.wrong', Authorization: `Bearer ${token}` };
    const answer = await client.send('GET', customers, undefined, headers);
    expect([answer.status, readProblem(answer).title]).toEqual([
      401,
      expect.stringContaining('Key is invalid'),
    ]);
  });

  it.each([
    ['no token', {}, 'missing'],
    ['garbage', { Authorization: 'Bearer garbage' }, 'invalid'],
  ])('refuses %s with 401', async (_name, headers, word) => {
    const answer = await client.send('GET', customers, undefined, { ...appKey, ...headers });
    expect([answer.status, readProblem(answer).title]).toEqual([
      401,
      expect.stringContaining(`token is ${word}`),
    ]);
  });

  it('refuses a token when 900 seconds of sandbox time have passed, and takes a new one', async () => {
    const own = await openSandbox();
    expect((await own.call('GET', 'crm/v2/tenant/{t}/customers')).status).toBe(200);
    await own.sandbox.advance(899_000);
    expect((await own.call('GET', 'crm/v2/tenant/{t}/customers')).status).toBe(200);
    await own.sandbox.advance(2000);
    const late = await own.call('GET', 'crm/v2/tenant/{t}/customers');
    expect([late.status, readProblem(late).title]).toEqual([401, expect.stringContaining('expired')]);
    own.forgetToken();
    expect((await own.call('GET', 'crm/v2/tenant/{t}/customers')).status).toBe(200);
    await own.sandbox.close();
  });

  it("refuses another tenant's token with 403", async () => {
    const { access_token: token } = await client.token(dfw);
    const headers = { ...appKey, Authorization: `Bearer ${token}` };
    const answer = await client.send('GET', customers, undefined, headers);
    expect([answer.status, readProblem(answer).status]).toEqual([403, 403]);
  });

  it('refuses what the scopes do not grant with 403', async () => {
    const { access_token: token } = await client.token(narrow);
    const headers = { ...appKey, Authorization: `Bearer ${token}` };
    expect((await client.send('GET', '/crm/v2/tenant/77/customers', undefined, headers)).status).toBe(200);
    expect((await client.send('POST', '/crm/v2/tenant/77/customers', {}, headers)).status).toBe(403);
    const leads = await client.send('GET', '/crm/v2/tenant/77/leads', undefined, headers);
    expect(readProblem(leads).title).toContain('tn.crm.leads:r');
  });

  it('answers an unknown route and an unknown id with the six members of a 404', async () => {
    expect(readProblem(await client.call('GET', 'crm/v2/tenant/{t}/nothing')).status).toBe(404);
    expect(readProblem(await client.send('GET', '/nothing')).status).toBe(404);
    expect(readProblem(await client.call('GET', 'crm/v2/tenant/{t}/customers/999')).title).toContain('999');
  });

  it('meets a 429 above the limit of requests per second', async () => {
    const own = await openSandbox({ requestsPerSecond: 0 });
    expect(readProblem(await own.call('GET', 'crm/v2/tenant/{t}/leads')).status).toBe(429);
    await own.sandbox.close();
  });
});
