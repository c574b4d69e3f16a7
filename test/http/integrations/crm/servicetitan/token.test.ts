import nock from 'nock';
import { expect, test } from 'vitest';
import {
  api,
  authUrl,
  customerRow,
  grantTokens,
  isolateNetwork,
  path,
  problem,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

test('fifty calls at once ask for one token', async () => {
  const { service } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => service.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('fifty calls at once after the token has expired ask for one new token', async () => {
  const { service, advance } = startService();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(200, customerRow(7));
  await service.getCustomer(7);
  advance(840_000);
  api('t2').get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => service.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('a token is used until 840 seconds have passed', async () => {
  const { service, advance } = startService();
  grantTokens('t1');
  api('t1').get(path('crm/customers/7')).twice().reply(200, customerRow(7));
  await service.getCustomer(7);
  advance(839_999);
  await expect(service.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a token that was revoked is renewed once, also for fifty calls', async () => {
  const { service } = startService();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).times(50).reply(401, problem(401, 'Unauthorized'));
  api('t2').get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => service.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('a renewed token that is refused as well is an error of authentication, without a third try', async () => {
  const { service, waits } = startService();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(401, problem(401, 'Unauthorized'));
  api('t2').get(path('crm/customers/7')).reply(401, problem(401, 'Unauthorized'));
  await expect(service.getCustomer(7)).rejects.toMatchObject({
    kind: 'auth',
    status: 401,
    requestId: 'trace-401',
  });
  expect(waits).toEqual([]);
});

test('a missing application key is told apart and renews no token', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(401, problem(401, 'The application key is missing: send the header ST-App-Key'));
  await expect(service.getCustomer(7)).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('refused the application key'),
  });
});

test('a token that dies during a pause is not carried through it', async () => {
  const { service, advance } = startService();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(200, customerRow(7));
  await service.getCustomer(7);
  advance(839_000);
  api('t1').get(path('crm/customers/7')).reply(503, 'down', { 'Retry-After': '2' });
  api('t2').get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(service.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a refused client secret is an error of authentication that repeats no secret', async () => {
  const { service } = startService();
  nock(authUrl).post('/connect/token').reply(400, { error: 'invalid_client' });
  const failure = service.getCustomer(7);
  await expect(failure).rejects.toMatchObject({ kind: 'auth', status: 400 });
  await expect(failure).rejects.not.toThrow(/cs1|fictional/);
});

test('a token endpoint that is down for a moment is asked again', async () => {
  const { service, waits } = startService();
  nock(authUrl).post('/connect/token').reply(503, '<html><body>Service Unavailable</body></html>');
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await service.getCustomer(7);
  expect(waits).toEqual([250]);
});

test('a token endpoint that stays down is asked five times in all, not five times per try', async () => {
  const { service } = startService();
  nock(authUrl).post('/connect/token').times(5).reply(503);
  await expect(service.getCustomer(7)).rejects.toMatchObject({ kind: 'unavailable', status: 503 });
});

test('credentials go as a form, never in the address', async () => {
  const { service } = startService();
  nock(authUrl, { reqheaders: { 'content-type': 'application/x-www-form-urlencoded' } })
    .post('/connect/token', {
      grant_type: 'client_credentials',
      client_id: 'cid.fictional',
      client_secret: 'cs1.fictional',
    })
    .reply(200, { access_token: 't1', expires_in: 900 });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(service.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});
