import nock from 'nock';
import { expect, test } from 'vitest';
import {
  api,
  customerRow,
  grantTokens,
  isolateNetwork,
  path,
  problem,
  startService,
} from './serviceTitanDouble.ts';

isolateNetwork();

const address = { street: '1 Example Street', city: 'Sampletown', state: 'CA', zip: '00000', country: 'USA' };

test.each([
  ['whole seconds', '3', 3000],
  ['a fraction of a second', '0.4', 400],
  ['an HTTP date', 'Fri, 20 Nov 2026 12:00:07 GMT', 7000],
])('a 429 with Retry-After as %s is waited for', async (_, header, waited) => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, problem(429, 'Too many requests'), { 'Retry-After': header });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await service.getCustomer(7);
  expect(waits[0]).toBe(waited);
});

test('a Retry-After date is read by the clock of the server', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', {
    'Retry-After': 'Fri, 20 Nov 2026 15:00:07 GMT',
    Date: 'Fri, 20 Nov 2026 15:00:05 GMT',
  });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await service.getCustomer(7);
  expect(waits[0]).toBe(2000);
});

test('a 429 without Retry-After is backed off from, further each time, and given up after five tries', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(5).reply(429, problem(429, 'Too many requests'));
  await expect(service.getCustomer(7)).rejects.toMatchObject({ kind: 'rate_limited', status: 429 });
  expect(waits).toEqual([250, 500, 1000, 2000]);
});

test('a Retry-After beyond the time for all tries is handed to the caller at once', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', { 'Retry-After': '3600' });
  await expect(service.getCustomer(7)).rejects.toMatchObject({
    kind: 'rate_limited',
    retryAfterMs: 3_600_000,
  });
  expect(waits).toEqual([]);
});

test('others wait while one has been told to', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', { 'Retry-After': '3600' });
  await expect(service.getCustomer(7)).rejects.toMatchObject({ kind: 'rate_limited' });
  api().get(path('crm/customers/8')).reply(200, customerRow(8));
  await service.getCustomer(8);
  expect(waits).toEqual([30_020]);
});

test('a read over a connection that is cut is repeated', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(service.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a write over a connection that is cut is not repeated, and its outcome is unknown', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  api()
    .post(path('crm/customers'))
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  await expect(service.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: true,
  });
  expect(waits).toEqual([]);
});

test.each([500, 502, 503, 504, 408])('a write that was answered with %i is not repeated', async (status) => {
  const { service, waits } = startService();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(status);
  await expect(service.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unavailable',
    status,
    outcomeUnknown: true,
  });
  expect(waits).toEqual([]);
});

test('a write is repeated after a 429 and after a connection that was refused', async () => {
  const { service } = startService();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(429);
  api()
    .post(path('crm/customers'))
    .replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  api().post(path('crm/customers')).reply(200, customerRow(9));
  await expect(service.createCustomer({ name: 'Fictional Person', address })).resolves.toMatchObject({
    id: 9,
  });
});

test('a write whose answer cannot be read has an unknown outcome', async () => {
  const { service } = startService();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(200, '{"id": 9, "na');
  await expect(service.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unexpected',
    outcomeUnknown: true,
  });
});

test('an error page in HTML becomes an error with its text', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .times(5)
    .reply(
      502,
      '<html><head><style>p{}</style></head><body><h1>Bad gateway</h1> <p>cs1.abc</p></body></html>',
    );
  const failure = service.getCustomer(7);
  await expect(failure).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  await expect(failure).rejects.toThrow('It answered 502: Bad gateway cs1.[redacted]');
});

test('malformed JSON becomes an error with the beginning of the text', async () => {
  const { service } = startService();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(200, '{"id": 7,');
  await expect(service.getCustomer(7)).rejects.toMatchObject({
    kind: 'unexpected',
    status: 200,
    message: expect.stringContaining('{"id": 7,'),
  });
});

test('a record that lacks what is promised is named without its values', async () => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(200, { ...customerRow(7), name: 5, doNotMail: 'Fictional Person' });
  const failure = service.getCustomer(7);
  await expect(failure).rejects.toThrow(/name: .*doNotMail: /);
  await expect(failure).rejects.not.toThrow(/Fictional/);
});

test.each([
  [400, 'invalid'],
  [409, 'invalid'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [302, 'unexpected'],
])('an answer %i is an error of kind %s and not repeated', async (status, kind) => {
  const { service } = startService();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(status, problem(status, 'No'), { Location: 'https://elsewhere.example.com' });
  await expect(service.getCustomer(7)).rejects.toMatchObject({ kind, status, requestId: `trace-${status}` });
});

test('what ServiceTitan says of a field is passed on without what was quoted from the person', async () => {
  const { service } = startService();
  grantTokens('t1');
  const errors = { 'contacts[0].value': ['"fictional@example.com" is no address, nor is other@example.com'] };
  api()
    .post(path('crm/customers'))
    .reply(400, problem(400, 'Validation failed', errors));
  await expect(service.createCustomer({ name: 'Fictional Person', address })).rejects.toThrow(
    'It answered 400: Validation failed; contacts[0].value: "…" is no address, nor is [redacted e-mail]',
  );
});

test('an error carries no token, also not in its cause', async () => {
  const { service } = startService();
  grantTokens('t1-very-secret');
  nock('https://api.sandbox.example.com')
    .get(path('crm/customers/7'))
    .times(5)
    .replyWithError(new Error('Bearer t1-very-secret was sent'));
  const failure: unknown = await service.getCustomer(7).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  const described = [failure, failure instanceof Error ? failure.cause : undefined]
    .map((error) => `${String(error)} ${JSON.stringify(error)}`)
    .join(' ');
  expect(described).not.toContain('very-secret');
});

test('a call that is aborted stops and is not repeated', async () => {
  const { service, waits } = startService();
  grantTokens('t1');
  const controller = new AbortController();
  api()
    .get(path('crm/customers/7'))
    .reply(() => {
      controller.abort();
      return [503, 'down'];
    });
  await expect(service.getCustomer(7, controller.signal)).rejects.toMatchObject({ kind: 'unavailable' });
  expect(waits).toEqual([]);
});
