import nock from 'nock';
import { expect, test } from 'vitest';
import { apiUrl, isolateNetwork, list, problem, tenantId } from '../serviceTitanDouble.ts';
import {
  allowReading,
  diagnose,
  grantToken,
  now,
  read,
  scopesWithout,
  tokenWith,
} from './diagnosisDouble.ts';

isolateNetwork();

async function scopesOf(diagnosis: ReturnType<typeof diagnose>) {
  const { scopes } = await diagnosis;
  return Object.fromEntries(scopes.map((finding) => [finding.scope, `${finding.read} ${finding.write}`]));
}

test('where the token states its scopes one read is enough, and writing is known too', async () => {
  grantToken({ scope: scopesWithout(), at: now });
  read('customers').reply(200, list([]));
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({
    verdict: 'working',
    details: [],
    clockSkewMs: 0,
    checkedAt: now.toISOString(),
    requestIds: [],
  });
  expect(new Set(diagnosis.scopes.map(({ read: reading, write }) => `${reading} ${write}`))).toEqual(
    new Set(['granted granted']),
  );
});

test('scopes are also found in the claims of the token', async () => {
  const token = tokenWith({ tenant: String(tenantId), scope: scopesWithout().split(' ') });
  grantToken({ token });
  read('customers', token).reply(200, list([]));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'working' });
});

test('where the token states nothing, each list is read once and writing stays unknown', async () => {
  grantToken();
  allowReading();
  const scopes = await scopesOf(diagnose());
  expect(new Set(Object.values(scopes))).toEqual(new Set(['granted unknown']));
});

test('a scope that is missing and cannot be done without is named', async () => {
  grantToken({ scope: scopesWithout('tn.sal.estimates:r', 'tn.sal.estimates:w') });
  read('customers').reply(200, list([]));
  read('estimates').reply(403, problem(403, 'Forbidden'));
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({
    verdict: 'missing_scope',
    headline: expect.stringContaining('tn.sal.estimates:r'),
    remedy: expect.stringMatching(/Add tn\.sal\.estimates:r to the app in .*developer portal.*410387862/),
    requestIds: ['trace-403'],
  });
  expect(diagnosis.scopes.find(({ scope }) => scope === 'tn.sal.estimates')).toMatchObject({
    read: 'missing',
    write: 'missing',
    essential: true,
    off: [expect.stringContaining('No state is derived')],
  });
});

test('lacks that switch off only a part are named with the part, and opt-outs loudly', async () => {
  grantToken({ scope: scopesWithout('tn.mar.suppressions:r', 'tn.crm.bookings:w') });
  read('customers').reply(200, list([]));
  read('suppressions').reply(403, problem(403, 'Forbidden'));
  const diagnosis = await diagnose();
  expect(diagnosis).toMatchObject({
    verdict: 'limited',
    remedy: expect.stringContaining('tn.mar.suppressions:r, tn.crm.bookings:w'),
  });
  expect(diagnosis.details).toEqual(
    expect.arrayContaining([
      expect.stringContaining('Opt-outs made in ServiceTitan are not known'),
      expect.stringContaining('“Create booking” fails'),
    ]),
  );
});

test('writing that the product never does may be missing', async () => {
  grantToken({ scope: scopesWithout('tn.sal.estimates:w', 'tn.jpm.jobtypes:w', 'tn.stt.businessunits:w') });
  read('customers').reply(200, list([]));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'working' });
});

test('a list that can be read although its scope goes by another name is granted', async () => {
  grantToken({ scope: `${scopesWithout('tn.crm.leads:r', 'tn.crm.leads:w')} tn.crm.prospects:r` });
  read('customers').reply(200, list([]));
  read('leads').reply(200, list([]));
  const diagnosis = diagnose();
  await expect(diagnosis).resolves.toMatchObject({ verdict: 'working' });
  expect(await scopesOf(diagnosis)).toMatchObject({ 'tn.crm.leads': 'granted unknown' });
});

test.each(['ServiceTitan Application Key is missing.', 'Invalid ST-App-Key'])(
  'a 401 that says “%s” is about the application key',
  async (title) => {
    grantToken();
    read('customers').reply(401, problem(401, title));
    await expect(diagnose()).resolves.toMatchObject({
      verdict: 'wrong_app_key',
      remedy: expect.stringContaining('developer portal'),
      details: [expect.stringContaining('401')],
      requestIds: ['trace-401'],
    });
  },
);

test('an application key that looks like something else is pointed out', async () => {
  grantToken();
  nock(apiUrl).get(/crm/).reply(401, problem(401, 'Invalid ST-App-Key'));
  await expect(diagnose({ appKey: 'cid.fictional' })).resolves.toMatchObject({
    verdict: 'wrong_app_key',
    details: [expect.anything(), expect.stringMatching(/application key holds what looks like a client ID/)],
  });
});

test('a 401 about the token itself is another thing', async () => {
  grantToken();
  read('customers').reply(401, problem(401, 'Access token is invalid.'));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'token_refused', requestIds: ['trace-401'] });
});

test.each([403, 404])('a token of another tenant (%i) is told from a missing scope', async (status) => {
  const token = tokenWith({ tenant: '77', scope: [] });
  grantToken({ token });
  read('customers', token).reply(status, problem(status, 'Forbidden'));
  await expect(diagnose()).resolves.toMatchObject({
    verdict: 'wrong_tenant',
    details: ['The client belongs to tenant 77.', expect.stringContaining(String(status))],
  });
});

test('a tenant that is not known is told by the words of the answer', async () => {
  grantToken();
  read('customers').reply(404, problem(404, 'Tenant 410387862 was not found.'));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'wrong_tenant' });
});

test('an app that is stopped only at the call is not approved either', async () => {
  grantToken();
  read('customers').reply(403, problem(403, 'The tenant has not approved this application.'));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'app_not_approved' });
});

test('a tenant of which nothing can be read is not a list of missing scopes', async () => {
  grantToken();
  for (const name of ['customers', 'jobs', 'appointments', 'estimates'] as const)
    read(name).reply(403, problem(403, 'Forbidden'));
  for (const name of ['suppressions', 'leads', 'bookings'] as const)
    read(name).reply(403, problem(403, 'Forbidden'));
  for (const name of [
    'jobTypes',
    'cancelReasons',
    'businessUnits',
    'tagTypes',
    'campaigns',
    'technicians',
    'tasks',
  ] as const)
    read(name).reply(403, problem(403, 'Forbidden'));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'no_access' });
});

test('throttling in the middle keeps what is known already', async () => {
  grantToken();
  read('customers').reply(200, list([]));
  read('jobs').reply(429, '', { 'Retry-After': '30' });
  const diagnosis = diagnose();
  await expect(diagnosis).resolves.toMatchObject({
    verdict: 'throttled',
    retryAt: '2026-11-20T12:00:30.000Z',
  });
  expect(await scopesOf(diagnosis)).toMatchObject({
    'tn.crm.customers': 'granted unknown',
    'tn.jpm.jobs': 'unknown unknown',
  });
});

test('a list that is out of order is unknown, and the others go on', async () => {
  grantToken();
  allowReading(['leads']);
  read('leads').twice().reply(500, problem(500, 'An unexpected error occurred.'));
  const diagnosis = diagnose();
  await expect(diagnosis).resolves.toMatchObject({
    verdict: 'working',
    details: [expect.stringMatching(/^Leads: .*500/)],
  });
  expect(await scopesOf(diagnosis)).toMatchObject({ 'tn.crm.leads': 'unknown unknown' });
});

test('a list that cannot be done without and is out of order is an outage', async () => {
  grantToken();
  allowReading(['jobs']);
  read('jobs').twice().reply(500, problem(500, 'An unexpected error occurred.'));
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'outage' });
});

test.each([
  ['refuses', 403, 'missing missing', 'limited'],
  ['does not have', 404, 'unknown unknown', 'working'],
])(
  'tasks that the tenant %s switch off their flow action alone, by its name',
  async (_, status, access, verdict) => {
    grantToken({ scope: scopesWithout('tn.tm.tasks:r', 'tn.tm.tasks:w') });
    read('customers').reply(200, list([]));
    read('tasks').reply(status, problem(status, 'No such thing.'));
    const diagnosis = await diagnose();
    expect(diagnosis).toMatchObject({ verdict });
    expect(diagnosis.details).toEqual(expect.arrayContaining([expect.stringMatching(/^Tasks/)]));
    expect(await scopesOf(Promise.resolve(diagnosis))).toMatchObject({ 'tn.tm.tasks': access });
    const off = diagnosis.scopes.flatMap((scope) => scope.off);
    expect(off.every((what) => what.includes('“Create task”'))).toBe(true);
    expect(off.length > 0).toBe(status === 403);
  },
);

test('an answer that is no list is not taken for a permission', async () => {
  grantToken();
  read('customers').reply(200, { hello: 'world' });
  await expect(diagnose()).resolves.toMatchObject({ verdict: 'unexpected' });
});
