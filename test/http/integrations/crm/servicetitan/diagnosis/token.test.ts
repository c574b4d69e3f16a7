import nock from 'nock';
import { expect, test } from 'vitest';
import { SharedCalls } from '#integrations/calls/SharedCalls.ts';
import { authUrl, isolateNetwork } from '../serviceTitanDouble.ts';
import {
  allowReading,
  diagnose,
  environments,
  grantToken,
  now,
  read,
  refuseToken,
} from './diagnosisDouble.ts';

isolateNetwork();

function silence(code: string): void {
  nock(authUrl)
    .post('/connect/token')
    .twice()
    .replyWithError(Object.assign(new Error('no'), { code }));
}

const integration = environments.integration.authUrl;

test('a wrong client that the other environment does not know either is a wrong client', async () => {
  refuseToken(400, { error: 'invalid_client' });
  nock(integration).post('/connect/token').reply(400, { error: 'invalid_client' });
  await expect(diagnose()).resolves.toMatchObject({
    verdict: 'wrong_client',
    headline: expect.stringContaining('tenant 410387862'),
    remedy: expect.stringContaining('API Application Access'),
    scopes: expect.arrayContaining([expect.objectContaining({ read: 'unknown', write: 'unknown' })]),
  });
});

test.each([
  ['takes it', 200, { access_token: 't2', expires_in: 900 }],
  ['knows it, though not approved', 400, { error: 'unauthorized_client' }],
])('a client that the other environment %s belongs there', async (_, status, body) => {
  refuseToken(400, { error: 'invalid_client' });
  nock(integration).post('/connect/token').reply(status, body);
  await expect(diagnose()).resolves.toMatchObject({
    verdict: 'wrong_environment',
    remedy: expect.stringContaining('Choose integration as the environment'),
  });
});

test('credentials of a sandbox are tried nowhere else', async () => {
  refuseToken(400, { error: 'invalid_client' });
  await expect(diagnose({ environment: 'sandbox' })).resolves.toMatchObject({ verdict: 'wrong_client' });
});

test.each([
  [{ clientId: 'cs1.fictional' }, /client ID holds what looks like a client secret/],
  [{ clientSecret: 'ak1.fictional' }, /client secret holds what looks like an application key/],
  [{ clientSecret: 'cs1.fictional more' }, /client secret holds a blank/],
  [{ clientId: '"cid.fictional"' }, /client ID holds a blank, a line break, a quotation mark/],
])('a refused client that looks misplaced is named: %j', async (fields, words) => {
  refuseToken(400, { error: 'invalid_client' });
  const diagnosis = await diagnose(fields);
  expect(diagnosis.verdict).toBe('malformed_credentials');
  expect(diagnosis.details.join(' ')).toMatch(words);
});

test('what only looks misplaced and works is not held against it', async () => {
  grantToken();
  allowReading();
  await expect(diagnose({ clientId: 'app-1' })).resolves.toMatchObject({ verdict: 'working' });
});

test.each(['unauthorized_client', 'invalid_scope'])(
  'a token refused with %s means that the app is not approved',
  async (error) => {
    refuseToken(400, { error });
    await expect(diagnose()).resolves.toMatchObject({
      verdict: 'app_not_approved',
      remedy: expect.stringMatching(/Settings > Integrations > API Application Access/),
    });
  },
);

test('any other refusal of the token is reported as it came', async () => {
  refuseToken(400, { error: 'unsupported_grant_type' });
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'unexpected' });
});

test('a throttled token says when to check again', async () => {
  refuseToken(429, '{}', { 'Retry-After': '60' });
  await expect(diagnose()).resolves.toMatchObject({
    verdict: 'throttled',
    retryAt: '2026-11-20T12:01:00.000Z',
    remedy: 'Check again after 2026-11-20T12:01:00.000Z.',
  });
});

test.each([
  ['ENOTFOUND', /cannot be resolved/],
  ['ECONNREFUSED', /refuses the connection/],
  ['ECONNRESET', /was cut/],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', /not trusted/],
  ['ERR_TLS_CERT_ALTNAME_INVALID', /not trusted/],
  ['EHOSTUNREACH', /no route/],
])('an address that answers %s cannot be reached, and why is said', async (code, words) => {
  silence(code);
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({ verdict: 'unreachable', clockSkewMs: null });
  expect(diagnosis.details[0]).toMatch(words);
  expect(diagnosis.details[0]).toContain('auth.sandbox.example.com');
});

test('an address that never answers cannot be reached', async () => {
  nock(authUrl).post('/connect/token').twice().delay(5000).reply(200, {});
  const diagnosis = await diagnose({}, { timeoutMs: 50 });
  expect(diagnosis).toMatchObject({ verdict: 'unreachable', details: [expect.stringMatching(/in time/)] });
  nock.abortPendingRequests();
});

test('a check that drags on ends within half a minute with what it knows', async () => {
  grantToken();
  allowReading([
    'estimates',
    'suppressions',
    'leads',
    'bookings',
    'jobTypes',
    'cancelReasons',
    'businessUnits',
    'tagTypes',
    'campaigns',
    'technicians',
    'tasks',
  ]);
  let elapsed = -6000.5;
  const stopwatch = () => (elapsed += 6000.5);
  const { verdict, scopes } = await diagnose({}, { stopwatch });
  expect(verdict).toBe('unreachable');
  expect(scopes.slice(0, 4).map((scope) => scope.read)).toEqual(['granted', 'granted', 'granted', 'unknown']);
});

test('one lost answer is not the end', async () => {
  nock(authUrl)
    .post('/connect/token')
    .replyWithError(Object.assign(new Error('no'), { code: 'ECONNRESET' }));
  grantToken();
  allowReading();
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'working' });
});

test.each([
  [200, '<html><body>Please sign in to the guest network</body></html>'],
  [403, '<html><body>Blocked by policy</body></html>'],
  [407, 'Proxy authentication required'],
])('the page of a proxy (%i) is somebody else', async (status, text) => {
  refuseToken(status, text);
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({ verdict: 'intercepted' });
  expect(diagnosis.details[0]).toMatch(/page that begins “\w+/);
});

test('an outage is told from a refusal', async () => {
  refuseToken(503, '<html>Service Unavailable</html>');
  refuseToken(503, '<html>Service Unavailable</html>');
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'outage' });
});

test('who gives up gets no diagnosis', async () => {
  nock(authUrl).post('/connect/token').delay(5000).reply(200, {});
  const signal = AbortSignal.timeout(30);
  await expect(diagnose({}, { signal })).rejects.toMatchObject({ kind: 'unavailable' });
  nock.abortPendingRequests();
});

test.each([
  [-300_000, /5 minutes ahead of/],
  [7_200_000, /2 hours behind/],
])('clocks that differ by %i ms are reported with their difference', async (difference, words) => {
  grantToken({ at: new Date(now.getTime() + difference) });
  allowReading();
  const diagnosis = await diagnose();
  expect(diagnosis.verdict).toBe('clock_skew');
  expect(Math.abs((diagnosis.clockSkewMs ?? 0) - difference)).toBeLessThan(1000);
  expect(diagnosis.details.join(' ')).toMatch(words);
});

test('clocks that differ by little are not worth a word', async () => {
  grantToken({ at: new Date(now.getTime() + 90_000) });
  allowReading();
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'working', clockSkewMs: 90_000, details: [] });
});

test('no part of the credentials is repeated, whatever the other side echoes', async () => {
  const secrets = { clientId: 'open sesame', clientSecret: 'hunter2hunter2', appKey: 'key-of-keys' };
  refuseToken(200, `<p>You sent ${Object.values(secrets).join(' and ')}</p>`);
  const diagnosis = JSON.stringify(await diagnose(secrets));
  expect(diagnosis).toContain('[redacted]');
  for (const secret of Object.values(secrets)) expect(diagnosis).not.toContain(secret);
});

test('an absurd Retry-After is read as an hour', async () => {
  refuseToken(429, '{}', { 'Retry-After': '99999999999999999999' });
  await expect(diagnose()).resolves.toMatchObject({
    verdict: 'throttled',
    retryAt: '2026-11-20T13:00:00.000Z',
  });
});

test('a short Retry-After is waited for by the clock of the server', async () => {
  refuseToken(429, '{}', {
    'Retry-After': 'Fri, 20 Nov 2026 15:00:01 GMT',
    Date: 'Fri, 20 Nov 2026 15:00:00 GMT',
  });
  grantToken();
  allowReading();
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'working' });
});

test('each reading waits for the rate like any call, and its refusal slows all others down', async () => {
  const waits: number[] = [];
  const shared = new SharedCalls({
    clock: { now: () => now },
    stopwatch: () => waits.reduce((sum, wait) => sum + wait, 0),
    sleep: (milliseconds) => {
      waits.push(milliseconds);
      return Promise.resolve();
    },
  });
  grantToken();
  read('customers').reply(429, '{}', { 'Retry-After': '1' });
  allowReading();
  await expect(diagnose({}, { shared })).resolves.toMatchObject({ verdict: 'working' });
  expect(waits[0]).toBe(1000);
  expect(waits.length).toBeGreaterThanOrEqual(10);
});
