import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let token: string;

const secrets = ['cs1.sandbox', 'cid.sandbox', 'ak1.sandbox'];

beforeAll(async () => {
  stack = await startTestStack({ customers: 30 });
  server = await serveTestStack(stack);
  token = stack.embedded.secrets.apiToken;
  await stack.work();
});

afterAll(async () => {
  await server.close();
  await stack.close();
});

async function ask(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = { authorization: `Bearer ${token}` },
) {
  const response = await fetch(`${server.url}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    text,
    headers: response.headers,
    body: z.looseObject({}).parse(JSON.parse(text)),
  };
}

const errorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    issues: z.array(z.object({ field: z.string() })).optional(),
  }),
});

/** The credentials of a tenant that is not connected. */
async function newTenant(tenantId: number, name: string) {
  const response = await fetch(`${stack.sandbox.url}/_sandbox/tenants/${tenantId}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  expect(response.status).toBe(200);
  const tenant = stack.sandbox.tenants().find(({ id }) => id === tenantId);
  return { tenantId, clientId: tenant?.clientId, clientSecret: tenant?.clientSecret };
}

describe('the API', () => {
  it('answers health without a session, and nothing else', async () => {
    expect((await ask('GET', '/healthz', undefined, {})).status).toBe(200);
    expect((await ask('GET', '/readyz', undefined, {})).status).toBe(200);
    for (const path of [
      '/api/session',
      '/api/board',
      '/api/customers',
      '/api/integrations',
      '/api/flows',
      '/api/messages',
      '/api/mailbox',
    ]) {
      expect((await ask('GET', path, undefined, {})).status).toBe(401);
      expect((await ask('GET', path, undefined, { authorization: 'Bearer chou_wrong' })).status).toBe(401);
    }
  });

  it('serves the catalogue with its connections, and never a secret', async () => {
    const reply = await ask('GET', '/api/integrations');
    expect(reply.body).toMatchObject({
      integrations: [
        { id: 'servicetitan', category: 'crm', connections: [{ name: 'DFW' }, { name: 'SOCAL' }] },
        { id: 'chou', needsConnection: false, connections: [] },
      ],
    });
    const { integrations } = z
      .object({ integrations: z.array(z.object({ actions: z.array(z.object({ id: z.string() })) })) })
      .parse(reply.body);
    expect(integrations[0]?.actions.map(({ id }) => id).toSorted()).toEqual([
      'servicetitan_add_note',
      'servicetitan_add_tag',
      'servicetitan_create_booking',
      'servicetitan_create_customer',
      'servicetitan_create_task',
      'servicetitan_follow_up_lead',
      'servicetitan_get_appointments',
      'servicetitan_get_customer',
      'servicetitan_get_estimates',
      'servicetitan_get_jobs',
      'servicetitan_remove_tag',
      'servicetitan_update_state',
    ]);
    for (const secret of secrets) expect(reply.text).not.toContain(secret);
  });

  it('lists customers by state with a cursor that neither skips nor repeats', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const reply = await ask('GET', `/api/customers?limit=7${cursor ? `&cursor=${cursor}` : ''}`);
      const page = z
        .object({
          customers: z.array(z.object({ id: z.string() })),
          nextCursor: z.string().nullable(),
          total: z.number(),
        })
        .parse(reply.body);
      seen.push(...page.customers.map(({ id }) => id));
      if (page.nextCursor === null) {
        expect(seen).toHaveLength(page.total);
        break;
      }
      cursor = page.nextCursor;
    }
    expect(new Set(seen).size).toBe(seen.length);
    const { columns } = z
      .object({ columns: z.array(z.object({ state: z.number(), count: z.number() })) })
      .parse((await ask('GET', '/api/board')).body);
    expect(columns.map(({ state }) => state)).toEqual([0, 1, 2, 2.5, 3, 4, 5, 5.5, 6]);
    expect(columns.reduce((sum, { count }) => sum + count, 0)).toBe(seen.length);
    for (const { state, count } of columns) {
      expect((await ask('GET', `/api/customers?state=${state}`)).body).toMatchObject({ total: count });
    }
  });

  it('names the field and the remedy of bad input', async () => {
    const cases = [
      { method: 'GET', path: '/api/customers?state=7', field: 'state' },
      { method: 'GET', path: '/api/customers?cursor=rubbish', field: 'cursor' },
      { method: 'GET', path: '/api/customers/12/timeline', field: 'id' },
      { method: 'GET', path: '/api/servicetitan/jobs?customerId=1', field: 'connectionId' },
      {
        method: 'GET',
        path: `/api/servicetitan/jobs?connectionId=${stack.connections.socal.id}`,
        field: 'customerId',
      },
      { method: 'POST', path: '/api/servicetitan/auth', body: { name: '' }, field: 'name' },
      { method: 'POST', path: '/api/sandbox/clock', body: { advance: '-P1D' }, field: 'advance' },
      { method: 'POST', path: '/api/flows', body: { name: ' ' }, field: 'name' },
    ];
    for (const { method, path, body, field } of cases) {
      const reply = await ask(method, path, body);
      expect([path, reply.status]).toEqual([path, 400]);
      expect(errorBody.parse(reply.body).error.message).toContain(field);
    }
    const response = await fetch(`${server.url}/api/flows`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: '{"name":',
    });
    expect(response.status).toBe(400);
    expect((await ask('GET', '/api/nothing')).status).toBe(404);
  });

  it('takes a parameter that is there but empty as not given', async () => {
    const all = await ask('GET', '/api/customers');
    const reply = await ask('GET', '/api/customers?state=&search=&cursor=&connectionId=&limit=');
    expect([reply.status, reply.text]).toEqual([200, all.text]);
    expect((await ask('GET', '/api/board?search=&connectionId=')).status).toBe(200);
    expect((await ask('GET', '/api/messages?status=&search=&contactId=&cursor=')).status).toBe(200);
    expect((await ask('GET', '/api/runs?flowId=&contactId=&status=&cursor=')).status).toBe(200);
  });

  it('names the field that holds what the database cannot store', async () => {
    const cases = [
      { method: 'GET', path: '/api/customers?search=a%00b', field: 'search' },
      { method: 'GET', path: '/api/messages?search=%00', field: 'search' },
      { method: 'POST', path: '/api/flows', body: { name: 'A\0B' }, field: 'name' },
      { method: 'POST', path: '/api/flows', body: { name: 'A\ud800B' }, field: 'name' },
    ];
    for (const { method, path, body, field } of cases) {
      const reply = await ask(method, path, body);
      expect([path, reply.status]).toEqual([path, 400]);
      expect(errorBody.parse(reply.body).error.issues).toMatchObject([{ field }]);
    }
  });

  it('answers what cannot be read with a reason, not as a failure of its own', async () => {
    const post = async (contentType: string, encoding?: string) =>
      fetch(`${server.url}/api/flows`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': contentType,
          ...(encoding ? { 'content-encoding': encoding } : {}),
        },
        body: '{"name":"x"}',
      });
    const responses = [
      { response: await post('application/json; charset=klingon'), status: 415 },
      { response: await post('application/json', 'sharpie'), status: 415 },
      {
        response: await fetch(`${server.url}/api/flows/%E0%A4%A`, {
          headers: { authorization: `Bearer ${token}` },
        }),
        status: 400,
      },
    ];
    for (const { response, status } of responses) {
      expect(response.status).toBe(status);
      expect(errorBody.parse(await response.json()).error.code).toBe('invalid_input');
    }
  });

  it('searches for % and _ as for any other character', async () => {
    for (const search of ['%25', '_', '%5C', '%25%25']) {
      expect((await ask('GET', `/api/customers?search=${search}`)).body).toMatchObject({ total: 0 });
      const board = z
        .object({ columns: z.array(z.object({ count: z.number(), cards: z.array(z.unknown()) })) })
        .parse((await ask('GET', `/api/board?search=${search}`)).body);
      expect(board.columns.every(({ count, cards }) => count + cards.length === 0)).toBe(true);
    }
  });

  it('tests credentials before it saves a connection', async () => {
    const credentials = {
      name: 'SOCAL again',
      environment: 'sandbox',
      timeZone: 'America/Los_Angeles',
      tenantId: 410_387_862,
      clientId: 'cid.sandbox-socal',
      clientSecret: 'cs1.wrong',
      appKey: 'ak1.sandbox',
    };
    const refused = await ask('POST', '/api/servicetitan/auth', credentials);
    expect(refused.status).toBe(400);
    expect(errorBody.parse(refused.body).error.message).toMatch(/client secret/i);
    expect(refused.text).not.toContain('cs1.wrong');
    const tested = await ask('POST', '/api/servicetitan/auth/test', {
      ...credentials,
      clientSecret: 'cs1.sandbox-socal',
    });
    expect([tested.status, tested.body]).toEqual([200, { connectedAs: 'SOCAL', jobTypes: [] }]);
    const fresh = await newTenant(79, 'FRESH');
    const types = ['Sales Estimate', 'AC Install', 'Tune-Up'].map((name, index) => ({
      id: 900 + index,
      name,
    }));
    await stack.sandbox.load({ tenant: 79, resource: 'job-types', records: types });
    const suggested = await ask('POST', '/api/servicetitan/auth/test', { ...credentials, ...fresh });
    expect(suggested.status).toBe(200);
    expect(suggested.body).toEqual({
      connectedAs: null,
      jobTypes: [
        { id: 900, name: 'Sales Estimate', suggestion: 'sales' },
        { id: 901, name: 'AC Install', suggestion: 'install' },
        { id: 902, name: 'Tune-Up', suggestion: 'other' },
      ],
    });
    const stored = await stack.embedded.database.sql<{ ciphertext: string; key_id: string }>(
      'select ciphertext, key_id from connection_credentials',
    );
    for (const row of stored) {
      expect(row.key_id).toMatch(/^[0-9a-f]{12}$/);
      for (const secret of secrets)
        expect(Buffer.from(row.ciphertext, 'base64').toString('latin1')).not.toContain(secret);
    }
  });

  it('takes an application GUID, by which a created customer is found again', async () => {
    const credentials = {
      name: 'SOCAL',
      environment: 'sandbox',
      timeZone: 'America/Los_Angeles',
      tenantId: 410_387_862,
      clientId: 'cid.sandbox-socal',
      clientSecret: 'cs1.sandbox-socal',
      appKey: 'ak1.sandbox',
      bookingProviderId: stack.sandbox.tenants()[0]?.bookingProviderId,
    };
    const refused = await ask('POST', '/api/servicetitan/auth', { ...credentials, applicationGuid: 'mine' });
    expect(refused.status).toBe(400);
    expect(errorBody.parse(refused.body).error.issues).toEqual([
      expect.objectContaining({ field: 'applicationGuid' }),
    ]);
    const applicationGuid = ' 5a4db0c5-0000-4000-8000-000000000001 ';
    const saved = await ask('POST', '/api/servicetitan/auth', { ...credentials, applicationGuid });
    expect(saved.status).toBe(200);
    const service = await stack.context.connections.clientOf(stack.connections.socal.id, 'flow');
    const address = {
      street: '1 Example Way',
      city: 'Springfield',
      state: 'CA',
      zip: '90000',
      country: 'USA',
    };
    const create = () =>
      service.createCustomer({ name: 'Fictional Gus', address, contacts: [] }, { reference: 'step-1' });
    const { id } = await create();
    expect(await create()).toMatchObject({ id });
  });

  it('reads and writes a tenant live', async () => {
    const connectionId = stack.connections.socal.id;
    const address = {
      street: '1 Example Way',
      city: 'Springfield',
      state: 'CA',
      zip: '90000',
      country: 'USA',
    };
    const created = await ask('POST', '/api/servicetitan/customers', {
      connectionId,
      name: 'Fictional Fiona',
      address,
      contacts: [{ type: 'Email', value: 'fiona@example.com' }],
    });
    expect(created.status).toBe(200);
    const { customer } = z.object({ customer: z.object({ id: z.number() }) }).parse(created.body);
    const read = await ask('GET', `/api/servicetitan/customers/${customer.id}?connectionId=${connectionId}`);
    expect(read.body).toMatchObject({ customer: { name: 'Fictional Fiona' } });
    expect(read.text).toContain('fiona@example.com');
    const booking = {
      connectionId,
      externalId: 'api-test-1',
      source: 'Website',
      name: 'Fictional Fiona',
      summary: 'A quote',
      isFirstTimeClient: true,
      address,
    };
    const first = await ask('POST', '/api/servicetitan/bookings', booking);
    expect(first.body).toMatchObject({ created: true });
    expect((await ask('POST', '/api/servicetitan/bookings', booking)).body).toMatchObject({ created: false });
    for (const kind of ['appointments', 'jobs', 'estimates']) {
      const reply = await ask(
        'GET',
        `/api/servicetitan/${kind}?connectionId=${connectionId}&customerId=${customer.id}`,
      );
      expect(reply.body).toEqual({ [kind]: [] });
    }
    await stack.worker.requests.idle();
    expect((await ask('GET', '/api/customers?search=Fictional%20Fiona')).body).toMatchObject({ total: 2 });
  });

  it('sets a state by hand, with the reason on the timeline', async () => {
    const { customerName } = await stack.sandbox.story({ tenant: 'DFW', event: 'sales_booked' });
    await stack.advance('PT1S');
    const list = await ask('GET', `/api/customers?state=2&search=${encodeURIComponent(customerName)}`);
    const [card] = z
      .object({ customers: z.array(z.object({ id: z.uuid(), contactId: z.uuid() })) })
      .parse(list.body).customers;
    const reply = await ask('POST', `/api/customers/${card?.contactId}/state`, {
      state: 0,
      reason: 'Called us, not interested.',
      journeyId: card?.id,
    });
    expect(reply.status).toBe(200);
    const timeline = z
      .object({
        journeys: z.array(z.object({ id: z.string(), state: z.number(), overridden: z.boolean() })),
        items: z.array(z.object({ type: z.string() }).loose()),
      })
      .parse(reply.body);
    expect(timeline.journeys.find(({ id }) => id === card?.id)).toMatchObject({ state: 0, overridden: true });
    expect(timeline.items).toContainEqual(
      expect.objectContaining({
        type: 'override',
        reason: 'Called us, not interested.',
        setBy: 'owner@demo.example',
      }),
    );
    expect(timeline.items).toContainEqual(
      expect.objectContaining({ type: 'transition', from: 2, to: 0, source: 'manual' }),
    );
    expect(timeline.items).toContainEqual(expect.objectContaining({ type: 'run', event: 'ended' }));
  });

  it('signs in once by a link, guards changes against other sites, and signs out', async () => {
    await stack.context.sessions.requestLink('owner@demo.example', `${server.url}/sign-in`);
    const link = stack.embedded.database.takeSignInToken('owner@demo.example');
    const signedIn = await ask('POST', '/api/sign-in/verify', { token: link }, {});
    expect(signedIn.status).toBe(200);
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Lax/);
    const session = { cookie: cookie.split(';')[0] ?? '' };
    expect((await ask('GET', '/api/session', undefined, session)).body).toMatchObject({
      role: 'owner',
      embedded: true,
    });
    expect((await ask('POST', '/api/flows', { name: 'New' }, session)).status).toBe(403);
    expect(
      (await ask('POST', '/api/flows', { name: 'New' }, { ...session, 'x-requested-with': 'chou' })).status,
    ).toBe(200);
    expect((await ask('POST', '/api/sign-in/verify', { token: link }, {})).status).toBe(401);
    const out = await ask('POST', '/api/sign-out', {}, { ...session, 'x-requested-with': 'chou' });
    expect(out.headers.get('set-cookie')).toMatch(/chou_session=;/);
  });

  it('renews a session once for all requests that come at the same time', async () => {
    const { sessions } = stack.context;
    await sessions.requestLink('owner@demo.example', `${server.url}/sign-in`);
    const link = stack.embedded.database.takeSignInToken('owner@demo.example') ?? '';
    const { tokens } = await sessions.verify(link);
    const expired = { accessToken: 'run.out.token', refreshToken: tokens.refreshToken };
    const replies = await Promise.all(Array.from({ length: 8 }, () => sessions.identify(expired)));
    const renewed = replies.map((reply) => reply?.renewed?.refreshToken);
    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).toEqual(expect.any(String));
    expect((await sessions.identify(expired))?.renewed?.refreshToken).toBe(renewed[0]);
  });

  it('says who the workspace is, and lets an administrator change it', async () => {
    const before = (await ask('GET', '/api/workspace')).body;
    expect(before).toMatchObject({ name: 'Demo Home Services', timeZone: 'America/Los_Angeles' });
    const changed = await ask('PATCH', '/api/workspace', { postalAddress: '2 Example Road, Springfield' });
    expect(changed.body).toEqual({ ...before, postalAddress: '2 Example Road, Springfield' });
    const refused = await ask('PATCH', '/api/workspace', { timeZone: 'Mars/Base', senderEmail: 'us' });
    expect(refused.status).toBe(400);
    expect(errorBody.parse(refused.body).error.issues?.map(({ field }) => field)).toEqual([
      'timeZone',
      'senderEmail',
    ]);
  });

  it('does not say who has an account, and makes none for strangers', async () => {
    const reply = await ask('POST', '/api/sign-in', { email: 'stranger@other.example' }, {});
    expect([reply.status, reply.body]).toEqual([202, { sent: true }]);
    expect(stack.embedded.database.takeSignInToken('stranger@other.example')).toBeUndefined();
    expect(await stack.embedded.database.sql('select email from auth.users')).toEqual([
      { email: 'owner@demo.example' },
    ]);
  });

  it('tells what changed as server-sent events', async () => {
    const stop = new AbortController();
    const response = await fetch(`${server.url}/api/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal: stop.signal,
    });
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    await reader?.read();
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await stack.work();
    let text = '';
    while (!text.includes('"type":"message"')) text += (await reader?.read())?.value ?? '';
    expect(text).toContain('event: change');
    expect(text).toContain('"type":"journey"');
    stop.abort();
  });
});
