import nock from 'nock';
import { expect, test } from 'vitest';
import { systemClock } from '#integrations/clock.ts';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import { allowReading } from './diagnosis/diagnosisDouble.ts';
import {
  api,
  apiUrl,
  authUrl,
  customerRow,
  grantTokens,
  isolateNetwork,
  list,
  path,
  problem,
  tenantId,
} from './serviceTitanDouble.ts';

isolateNetwork();

const credentials = {
  environment: 'sandbox',
  tenantId: ` ${tenantId} `,
  clientId: 'cid.fictional\n',
  clientSecret: ' cs1.fictional ',
  appKey: 'ak1.fictional',
};

function check(more: object = {}) {
  return new ServiceTitanIntegration().checkConnection(
    { ...credentials, ...more },
    { clock: systemClock, sandbox: { authUrl: `${authUrl}/`, apiUrl }, sleep: () => Promise.resolve() },
  );
}

function customers() {
  return api().get(path('crm/customers')).query({ page: 1, pageSize: 1 });
}

test('credentials with stray spaces are accepted', async () => {
  grantTokens('t1');
  customers().reply(200, list([customerRow(1)], true));
  allowReading(['customers']);
  await expect(check()).resolves.toMatchObject({ ok: true, detail: expect.stringContaining('accepts') });
});

test('a wrong client secret is named', async () => {
  nock(authUrl).post('/connect/token').reply(400, { error: 'invalid_client' });
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'auth',
    message: expect.stringMatching(/client ID and client secret/),
  });
});

test('an app that was not accepted by the tenant is named', async () => {
  nock(authUrl).post('/connect/token').reply(400, { error: 'unauthorized_client' });
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'auth',
    message: expect.stringMatching(/not approved/),
  });
});

test('a wrong application key is named, also when ServiceTitan only says 401', async () => {
  grantTokens('t1');
  customers().reply(401, problem(401, 'Invalid ST-App-Key'));
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'auth',
    message: expect.stringMatching(/application key/),
  });
  grantTokens('t1');
  customers().reply(401, problem(401, 'Unauthorized'));
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'auth',
    message: expect.stringMatching(/application key/),
  });
});

test('a missing scope that the product cannot do without is named', async () => {
  grantTokens('t1');
  customers().reply(403, problem(403, 'Forbidden'));
  allowReading(['customers']);
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'forbidden',
    message: expect.stringMatching(/tn\.crm\.customers:r/),
  });
});

test('throttling is named without a long wait', async () => {
  grantTokens('t1');
  customers().reply(429, '', { 'Retry-After': '60' });
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'rate_limited',
    message: expect.stringMatching(/Check again after/),
  });
});

test('an address that cannot be reached is named', async () => {
  nock(authUrl)
    .post('/connect/token')
    .twice()
    .replyWithError(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'unavailable',
    message: expect.stringMatching(/auth\.sandbox\.example\.com cannot be resolved.*\(ENOTFOUND\)/),
  });
});

test('an address where something else answers is named', async () => {
  nock(authUrl).post('/connect/token').reply(200, '<html>Welcome</html>');
  await expect(check()).resolves.toMatchObject({
    ok: false,
    kind: 'unexpected',
    message: expect.stringMatching(/Something other than ServiceTitan answers/),
  });
});

test('incomplete credentials are refused before any call', async () => {
  await expect(check({ tenantId: 'SOCAL', appKey: ' ' })).resolves.toMatchObject({
    ok: false,
    kind: 'invalid',
    message: expect.stringMatching(/tenantId .*appKey /),
  });
});

test('production needs no addresses', async () => {
  nock('https://auth.servicetitan.io').post('/connect/token').reply(400, { error: 'invalid_client' });
  nock('https://auth-integration.servicetitan.io')
    .post('/connect/token')
    .reply(400, { error: 'invalid_client' });
  await expect(check({ environment: 'production' })).resolves.toMatchObject({ kind: 'auth' });
});
