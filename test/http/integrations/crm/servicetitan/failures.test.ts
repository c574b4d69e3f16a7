import { Readable } from 'node:stream';
import nock from 'nock';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { api, customerRow, grantTokens, isolateNetwork, path, problem } from './serviceTitanDouble.ts';
import { startTransport } from './startTransport.ts';

isolateNetwork();

const address = { street: '1 Example Street', city: 'Sampletown', state: 'CA', zip: '00000', country: 'USA' };

test.each([
  ['whole seconds', '3', 3000],
  ['a fraction of a second', '0.4', 400],
  ['an HTTP date', 'Fri, 20 Nov 2026 12:00:07 GMT', 7000],
])('a 429 with Retry-After as %s is waited for', async (_, header, waited) => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, problem(429, 'Too many requests'), { 'Retry-After': header });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7);
  expect(waits[0]).toBe(waited);
});

test('a Retry-After date is read by the clock of the server', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', {
    'Retry-After': 'Fri, 20 Nov 2026 15:00:07 GMT',
    Date: 'Fri, 20 Nov 2026 15:00:05 GMT',
  });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7);
  expect(waits[0]).toBe(2000);
});

test('a 429 without Retry-After is backed off from, further each time, and given up after five tries', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(5).reply(429, problem(429, 'Too many requests'));
  await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind: 'rate_limited', status: 429 });
  expect(waits).toEqual([250, 500, 1000, 2000]);
});

test('a Retry-After beyond the time for all tries is handed to the caller at once', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', { 'Retry-After': '3600' });
  await expect(calls.getCustomer(7)).rejects.toMatchObject({
    kind: 'rate_limited',
    retryAfterMs: 3_600_000,
  });
  expect(waits).toEqual([]);
});

test('others wait while one has been told to', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(429, '', { 'Retry-After': '3600' });
  await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind: 'rate_limited' });
  api().get(path('crm/customers/8')).reply(200, customerRow(8));
  await calls.getCustomer(8);
  expect(waits).toEqual([30_000]);
});

test('a read over a connection that is cut is repeated', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a write over a connection that is cut is not repeated, and its outcome is unknown', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api()
    .post(path('crm/customers'))
    .replyWithError(Object.assign(new Error('cut'), { code: 'ECONNRESET' }));
  await expect(calls.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: true,
  });
  expect(waits).toEqual([]);
});

test.each([500, 502, 503, 504, 408])('a write that was answered with %i is not repeated', async (status) => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(status);
  await expect(calls.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unavailable',
    status,
    outcomeUnknown: true,
  });
  expect(waits).toEqual([]);
});

test('a write is repeated after a 429 and after a connection that was refused', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(429);
  api()
    .post(path('crm/customers'))
    .replyWithError(Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }));
  api().post(path('crm/customers')).reply(200, customerRow(9));
  await expect(calls.createCustomer({ name: 'Fictional Person', address })).resolves.toMatchObject({
    id: 9,
  });
});

test('a write whose answer cannot be read has an unknown outcome', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().post(path('crm/customers')).reply(200, '{"id": 9, "na');
  await expect(calls.createCustomer({ name: 'Fictional Person', address })).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: true,
  });
});

test('an error page in HTML becomes an error with its text', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .times(5)
    .reply(
      502,
      '<html><head><style>p{}</style></head><body><h1>Bad gateway</h1> <p>cs1.abc</p></body></html>',
    );
  const failure = calls.getCustomer(7);
  await expect(failure).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  await expect(failure).rejects.toThrow('It answered 502: Bad gateway cs1.[redacted]');
});

test('a damaged answer to a read is asked for again', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).reply(200, '{"id": 7, "name": "Fictional');
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('answers that stay damaged become an error that repeats nothing of them', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(5).reply(200, '{"id": 7, "name": "Fictional');
  await expect(calls.getCustomer(7)).rejects.toMatchObject({
    kind: 'unavailable',
    status: 200,
    message: expect.stringMatching(/damaged or cut off after 28 characters/),
  });
});

test('a record that lacks what is promised is named without its values', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(200, { ...customerRow(7), name: 5, doNotMail: 'Fictional Person' });
  const failure = calls.getCustomer(7);
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
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(status, problem(status, 'No'), { Location: 'https://elsewhere.example.com' });
  await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind, status, requestId: `trace-${status}` });
});

test('what ServiceTitan says of a field is passed on without what was quoted from the person', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  const errors = { 'contacts[0].value': ['"fictional@example.com" is no address, nor is other@example.com'] };
  api()
    .post(path('crm/customers'))
    .reply(400, problem(400, 'Validation failed', errors));
  await expect(calls.createCustomer({ name: 'Fictional Person', address })).rejects.toThrow(
    'It answered 400: Validation failed; contacts[0].value: "…" is no address, nor is [redacted e-mail]',
  );
});

test('an error carries no token, also not in its cause', async () => {
  const { calls } = startTransport();
  grantTokens('t1-very-secret');
  nock('https://api.sandbox.example.com')
    .get(path('crm/customers/7'))
    .times(5)
    .replyWithError(new Error('Bearer t1-very-secret was sent'));
  const failure: unknown = await calls.getCustomer(7).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Error);
  const described = [failure, failure instanceof Error ? failure.cause : undefined]
    .map((error) => `${String(error)} ${JSON.stringify(error)}`)
    .join(' ');
  expect(described).not.toContain('very-secret');
});

test('a call that is aborted stops and is not repeated', async () => {
  const { calls, waits } = startTransport();
  grantTokens('t1');
  const controller = new AbortController();
  api()
    .get(path('crm/customers/7'))
    .reply(() => {
      controller.abort();
      return [503, 'down'];
    });
  await expect(calls.getCustomer(7, { signal: controller.signal })).rejects.toMatchObject({
    kind: 'unavailable',
  });
  expect(waits).toEqual([]);
});

test('a page of text in place of an answer is named with its beginning', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(5).reply(200, '<html><title>Sign in</title></html>');
  await expect(calls.getCustomer(7)).rejects.toThrow(/no JSON and begins "Sign in"/);
});

test('a connection that is cut in the middle of an answer is repeated for a read', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .get(path('crm/customers/7'))
    .reply(200, () => Readable.from(cutOff()));
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a connection that is cut in the middle of the answer to a write leaves its outcome unknown', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  api()
    .post(path('crm/customers'))
    .reply(200, () => Readable.from(cutOff()));
  await expect(calls.createCustomer({ name: 'Fictional Person' })).rejects.toMatchObject({
    kind: 'unavailable',
    outcomeUnknown: true,
  });
});

async function* cutOff() {
  yield '{"id": 7,';
  await Promise.resolve();
  throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
}

test('a server that hangs is given up after the time for an answer, and asked again', async () => {
  const { calls, waits } = startTransport({ timeoutMs: 50 });
  grantTokens('t1');
  api().get(path('crm/customers/7')).delay(2000).reply(200, customerRow(7));
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
  expect(waits).toEqual([250]);
});

test('an empty answer is undefined where that is allowed, and an error where it is not', async () => {
  const { calls, transport } = startTransport();
  grantTokens('t1');
  const action = {
    method: 'PUT',
    path: 'jpm/v2/tenant/{tenant}/jobs/7/hold',
    body: { reasonId: 1 },
    repeatable: true,
  } as const;
  api().put(path('jpm/jobs/7/hold'), { reasonId: 1 }).reply(200, '');
  await expect(transport.request({ ...action, schema: z.undefined() })).resolves.toBeUndefined();
  api().get(path('crm/customers/7')).times(5).reply(200, '');
  await expect(calls.getCustomer(7)).rejects.toThrow(/it is empty/);
});

test('an array in the query is its name repeated, and what is undefined is left out', async () => {
  const { transport } = startTransport();
  grantTokens('t1');
  let asked = '';
  api()
    .get(path('jpm/jobs'))
    .query(true)
    .reply((request: Request) => {
      asked = new URL(request.url).search;
      return [200, {}];
    });
  await transport.request({
    method: 'GET',
    path: 'jpm/v2/tenant/{tenant}/jobs',
    query: { status: ['New', 'On hold'], sort: '+Id', active: true, ids: undefined },
    schema: z.unknown(),
    repeatable: true,
  });
  expect(asked).toBe('?status=New&status=On%20hold&sort=%2BId&active=true');
});

test('the same report is asked for once in a minute', async () => {
  const { transport, waits } = startTransport();
  grantTokens('t1');
  const report = (name: string) =>
    transport.request({
      method: 'POST',
      path: `reporting/v2/tenant/{tenant}/${name}`,
      schema: z.unknown(),
      repeatable: true,
      turn: { name, intervalMs: 60_000 },
    });
  api().post(path('reporting/one')).twice().reply(200, {});
  api().post(path('reporting/two')).reply(200, {});
  await report('one');
  await report('two');
  const others = waits.length;
  await report('one');
  expect(waits.slice(others)[0]).toBeGreaterThan(59_900);
});

test('after five calls that fail with all their tries none is made for half a minute', async () => {
  const { calls, advance } = startTransport({ connectionId: 'connection' });
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(25).reply(503);
  for (let count = 0; count < 5; count += 1) {
    await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind: 'unavailable', status: 503 });
  }
  await expect(calls.getCustomer(7)).rejects.toThrow(/paused until .*failed 5 times in a row/);
  advance(30_000);
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await expect(calls.getCustomer(7)).resolves.toMatchObject({ id: 7 });
});

test('a report that comes too early puts off that report, and no other call', async () => {
  const { calls, transport, waits } = startTransport();
  grantTokens('t1');
  const report = () =>
    transport.request({
      method: 'POST',
      path: 'reporting/v2/tenant/{tenant}/one',
      schema: z.unknown(),
      repeatable: true,
      turn: { name: 'one', intervalMs: 1000 },
    });
  api().post(path('reporting/one')).reply(429, '', { 'Retry-After': '600' });
  await expect(report()).rejects.toMatchObject({ kind: 'rate_limited', retryAfterMs: 600_000 });
  api().get(path('crm/customers/7')).reply(200, customerRow(7));
  await calls.getCustomer(7, { priority: 'person' });
  expect(Math.max(0, ...waits)).toBeLessThan(100);
  await expect(report()).rejects.toMatchObject({ kind: 'rate_limited', status: undefined });
});

test('records that are not as declared keep no other call from its connection', async () => {
  const { calls } = startTransport({ connectionId: 'connection' });
  grantTokens('t1');
  api().get(path('crm/customers/7')).times(6).reply(200, { id: 7 });
  for (let count = 0; count < 6; count += 1) {
    await expect(calls.getCustomer(7)).rejects.toMatchObject({ kind: 'unexpected', status: 200 });
  }
  api().get(path('crm/customers/8')).reply(200, customerRow(8));
  await expect(calls.getCustomer(8)).resolves.toMatchObject({ id: 8 });
});

test.each([
  ['marketing/v2/tenant/{tenant}/suppressions/{email}', 'marketing/v2/tenant/{tenant}/suppressions/{email}'],
  [undefined, 'marketing/v2/tenant/{tenant}/suppressions/…'],
])('a path with an e-mail address (declared: %s) is named without it', async (what, named) => {
  const { transport, warnings } = startTransport();
  grantTokens('t1');
  const encoded = 'fictional.fiona%40example.com';
  api()
    .get(path(`marketing/suppressions/${encoded}`))
    .reply(503);
  api()
    .get(path(`marketing/suppressions/${encoded}`))
    .reply(200, {});
  const asked = transport.request({
    method: 'GET',
    path: `marketing/v2/tenant/{tenant}/suppressions/${encoded}`,
    what,
    schema: z.object({ email: z.string() }),
    repeatable: true,
  });
  await expect(asked).rejects.toThrow(`GET ${named} could not be read`);
  expect(JSON.stringify(warnings)).toContain(named);
  expect(JSON.stringify(warnings)).not.toContain('fiona');
});

test('names and numbers that ServiceTitan quotes in its own way are not passed on', async () => {
  const { calls } = startTransport();
  grantTokens('t1');
  const errors = { 'contacts[0].value': ["The value '5550100100' for Fictional Fiona is in use."] };
  api()
    .get(path('crm/customers/7'))
    .reply(400, problem(400, "Number 5550100100 of 'Fictional Fiona' is not valid", errors));
  await expect(calls.getCustomer(7)).rejects.toThrow(
    /It answered 400: Number \S+( phone\])? of '…' is not valid; contacts\[0\].value: The value '…' for … is in use\.$/,
  );
});
