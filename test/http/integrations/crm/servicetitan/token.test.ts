import nock from 'nock';
import { expect, test } from 'vitest';
import { describe401 } from '#integrations/crm/servicetitan/failures.ts';
import {
  api,
  authUrl,
  customerRow,
  grantTokens,
  isolateNetwork,
  path,
  problem,
} from './serviceTitanDouble.ts';
import { startTransport } from './startTransport.ts';

isolateNetwork();

test('fifty calls at once ask for one token', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => calls.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('fifty calls at once after the token has expired ask for one new token', async () => {
  const { calls, advance } = startTransport();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7);
  advance(840_000);
  api('t2').get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => calls.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('a token is used until 840 seconds have passed', async () => {
  const { calls, advance } = startTransport();
  grantTokens('t1');
  api('t1').get(path('crm/customers/7')).twice().reply(200, customerRow(7));
  await calls.getCustomer(7);
  advance(839_999);
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a token that was revoked is renewed once, also for fifty calls', async () => {
  const { calls } = startTransport();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).times(50).reply(401, problem(401, 'Unauthorized'));
  api('t2').get(path('crm/customers/7')).times(50).reply(200, customerRow(7));
  const customers = await Promise.all(Array.from({ length: 50 }, () => calls.getCustomer(7)));
  expect(customers).toHaveLength(50);
});

test('a renewed token that is refused as well is an error of authentication, without a third try', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(401, problem(401, 'Unauthorized'));
  api('t2').get(path('crm/customers/7')).reply(401, problem(401, 'Unauthorized'));
  await expect(calls.getCustomer(7)).rejects.toMatchObject({
    kind: 'auth',
    status: 401,
    requestId: 'trace-401',
  });
  expect(Math.max(...waits)).toBeLessThan(100);
});

test('a missing application key is told apart and renews no token', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(401, problem(401, 'The application key is missing: send the header ST-App-Key'));
  await expect(calls.getCustomer(7)).rejects.toMatchObject({
    kind: 'auth',
    message: expect.stringContaining('refused the application key'),
  });
});

test('a token that dies during a pause is not carried through it', async () => {
  const { calls, advance } = startTransport();
  grantTokens('t1', 't2');
  api('t1').get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7);
  advance(839_000);
  api('t1').get(path('crm/customers/7')).reply(503, 'down', { 'Retry-After': '2' });
  api('t2').get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a refused client secret is an error of authentication that repeats no secret', async () => {
  const { calls } = startTransport();
  nock(authUrl).post('/connect/token').reply(400, { error: 'invalid_client' });
  const failure = calls.getCustomer(7);
  await expect(failure).rejects.toMatchObject({ kind: 'auth', status: 400 });
  await expect(failure).rejects.not.toThrow(/cs1|fictional/);
});

test('a token endpoint that is down for a moment is asked again', async () => {
  const { calls, waits } = startTransport();
  nock(authUrl).post('/connect/token').reply(503, '<html><body>Service Unavailable</body></html>');
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7);
  expect(waits).toEqual([250]);
});

test('a token endpoint that stays down is asked five times in all, not five times per try', async () => {
  const { calls } = startTransport();
  nock(authUrl).post('/connect/token').times(5).reply(503);
  await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind: 'unavailable', status: 503 });
});

test('credentials go as a form, never in the address', async () => {
  const { calls } = startTransport();
  nock(authUrl, { reqheaders: { 'content-type': 'application/x-www-form-urlencoded' } })
    .post('/connect/token', {
      grant_type: 'client_credentials',
      client_id: 'cid.fictional',
      client_secret: 'cs1.fictional',
    })
    .reply(200, { access_token: 't1', expires_in: 900 });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test.each([
  ["ServiceTitan Application Key is missing. Add the 'ST-App-Key' header to the request.", 'app_key_missing'],
  ["ServiceTitan Application Key is invalid. Check the 'ST-App-Key' header.", 'app_key_invalid'],
  ['The app key is not known', 'app_key_invalid'],
  ['ST-App-Key required', 'app_key_missing'],
  ['Access token has expired.', 'token_expired'],
  ['Lifetime validation failed. The token is expired.', 'token_expired'],
  ['Access token is invalid.', 'token_invalid'],
  ['Access token is missing.', 'token_invalid'],
  ['Unauthorized', 'unknown'],
  ['', 'unknown'],
])('a 401 that says "%s" is about %s', (title, about) => {
  expect(describe401({ text: JSON.stringify(problem(401, title)), headers: new Map() })).toBe(about);
});

test('a 401 without a body is told by its header', () => {
  const headers = new Map([
    ['www-authenticate', 'Bearer error="invalid_token", error_description="expired"'],
  ]);
  expect(describe401({ text: '', headers })).toBe('token_expired');
});

test.each(['Access token has expired.', 'Access token is invalid.', 'Unauthorized'])(
  'after a 401 that says "%s" the token is renewed once',
  async (title) => {
    const { calls } = startTransport();
    grantTokens('t1', 't2');
    api('t1').get(path('crm/customers/7')).reply(401, problem(401, title));
    api('t2').get(path('crm/customers/7')).reply(200, customerRow(7));
    await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
  },
);

test('calls whose token died while they waited for the rate wait for it again', async () => {
  const { calls, advance, waits } = startTransport();
  grantTokens('t1');
  api('t1').get(path('crm/customers/7')).times(2).reply(200, customerRow(7));
  await calls.getCustomer(7);
  advance(839_990);
  let before = 0;
  nock(authUrl)
    .post('/connect/token')
    .reply(() => {
      before = waits.length;
      return [200, { access_token: 't2', expires_in: 900 }];
    });
  api('t2').get(path('crm/customers/7')).times(19).reply(200, customerRow(7));
  await Promise.all(Array.from({ length: 20 }, () => calls.getCustomer(7)));
  expect(waits.length - before).toBeGreaterThanOrEqual(18);
});
