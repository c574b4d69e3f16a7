import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sandboxAppKey } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { dfw, openSandbox, readProblem, type SandboxClient, socal } from './SandboxClient.ts';

let client: SandboxClient;
const start = new Date('2026-01-05T18:00:00Z');

beforeEach(async () => {
  client = await openSandbox({ start, freeze: true });
});
afterEach(async () => client.sandbox.close());

const set = (changes: Record<string, unknown>) => client.control('PUT', 'switches', changes);
const estimates = 'sales/v2/tenant/{t}/estimates';

async function estimateOnJob(id: number): Promise<void> {
  await client.load('customers', [{ id: 1, name: 'Pat' }]);
  await client.load('jobs', [{ id: 1, customerId: 1 }]);
  await client.load('estimates', [{ id, jobId: 1, customerId: 1, status: 'Open' }]);
}

describe('the switches', () => {
  it('are listed with what they can be, set for all or for one tenant, and put back', async () => {
    const described = async () => {
      const { switches } = await client.control('GET', 'switches');
      return Array.isArray(switches) ? switches.find(({ name }) => name === 'otherTenant') : undefined;
    };
    expect(await described()).toMatchObject({ value: '403', default: '403', values: ['403', '404'] });
    await set({ otherTenant: 404 });
    await set({ tenant: 'DFW', otherTenant: '403' });
    expect(await described()).toMatchObject({ value: '404', tenants: { [dfw.id]: '403' } });
    await set({ otherTenant: null });
    expect(await described()).toMatchObject({ value: '403' });
    await client.control('DELETE', 'switches');
    expect(await described()).toMatchObject({ value: '403', tenants: {} });
  });

  it.each([
    [{ otherTenant: '500' }, /otherTenant must be one of 403, 404/],
    [{ tokenLifetimeSeconds: 0 }, /tokenLifetimeSeconds must be a whole number from 1/],
    [{ visibilityDelaySeconds: '' }, /visibilityDelaySeconds must be a whole number/],
    [{ visibilityDelaySeconds: true }, /visibilityDelaySeconds must be a whole number/],
    [{ nonsense: 1 }, /nonsense/],
    [{ tenant: 'NOWHERE', otherTenant: '404' }, /tenant must be one of/],
  ])('refuse %j', async (changes, message) => {
    const answer = await client.send('PUT', '/_sandbox/switches', changes);
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
  });

  it('can be given at the start', async () => {
    const own = await openSandbox({ switches: { otherTenant: '404', tokenLifetimeSeconds: 60 } });
    expect((await own.token()).expires_in).toBe(60);
    await own.sandbox.close();
  });
});

describe('authorization', () => {
  it('answers a token of another tenant with 404', async () => {
    await set({ otherTenant: '404' });
    const { access_token: token } = await client.token(dfw);
    const headers = { Authorization: `Bearer ${token}`, 'ST-App-Key': sandboxAppKey };
    const path = `/crm/v2/tenant/${socal.id}/customers`;
    expect(readProblem(await client.send('GET', path, undefined, headers)).status).toBe(404);
  });

  it('takes HTTP Basic where it is accepted', async () => {
    const basic = Buffer.from(`${socal.clientId}:${socal.clientSecret}`).toString('base64');
    const ask = () =>
      client.send('POST', '/connect/token', new URLSearchParams({ grant_type: 'client_credentials' }), {
        Authorization: `Basic ${basic}`,
      });
    expect((await ask()).status).toBe(400);
    await set({ basicAuth: 'accepted' });
    expect((await ask()).status).toBe(200);
  });

  it('refuses the credentials of the other environment', async () => {
    await client.token();
    await set({ environment: 'integration' });
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: socal.clientId,
      client_secret: socal.clientSecret,
    });
    const answer = await client.send('POST', '/connect/token', form);
    expect([answer.status, JSON.parse(answer.text)]).toEqual([400, { error: 'invalid_client' }]);
  });

  it('lets tokens live as long as it is told, and throttles asking for them', async () => {
    await set({ tokenLifetimeSeconds: 60, tokenRequestsPerMinute: 2, retryAfter: 'seconds' });
    expect((await client.call('GET', 'crm/v2/tenant/{t}/leads')).status).toBe(200);
    await client.sandbox.advance(61_000);
    expect((await client.call('GET', 'crm/v2/tenant/{t}/leads')).status).toBe(401);
    await client.token();
    const form = new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: socal.clientId,
      client_secret: socal.clientSecret,
    });
    const answer = await client.send('POST', '/connect/token', form);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60']);
    expect((await client.token(dfw)).token_type).toBe('Bearer');
  });

  it('has a clock of its own, seen in the Date header and in tokens', async () => {
    await set({ clockSkewSeconds: 300 });
    const answer = await client.call('GET', 'crm/v2/tenant/{t}/leads');
    expect([answer.status, answer.headers.get('date')]).toEqual([200, 'Mon, 05 Jan 2026 18:05:00 GMT']);
    const { access_token: token } = await client.token();
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    expect(claims).toMatchObject({ iat: Date.parse('2026-01-05T18:05:00Z') / 1000 });
  });
});

describe('answers', () => {
  it('are 400 for an unknown id where no 404 is documented', async () => {
    expect((await client.call('GET', `${estimates}/9`)).status).toBe(404);
    await set({ missingById: '400' });
    expect(readProblem(await client.call('GET', `${estimates}/9`)).errors).toHaveProperty('id');
    expect((await client.call('GET', 'crm/v2/tenant/{t}/customers/9')).status).toBe(404);
  });

  it('refuse, cut or take more than 50 ids', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => index + 1);
    await client.load(
      'customers',
      ids.map((id) => ({ id, name: 'Pat' })),
    );
    const path = `crm/v2/tenant/{t}/customers?pageSize=100&ids=${ids.join(',')}`;
    expect((await client.call('GET', path)).status).toBe(400);
    await set({ tooManyIds: 'truncate' });
    expect(await client.ids(path)).toHaveLength(50);
    await set({ tooManyIds: 'accept' });
    expect(await client.ids(path)).toHaveLength(60);
  });

  it('take a sort whose plus arrived as a blank', async () => {
    const path = 'crm/v2/tenant/{t}/customers?sort=+Id';
    expect((await client.call('GET', path)).status).toBe(400);
    await set({ rawPlusInSort: 'accept' });
    expect((await client.call('GET', path)).status).toBe(200);
  });

  it('say when to come again after a 429', async () => {
    await client.control('POST', 'faults', { kind: 'rate_limit', limit: 0 });
    const retryAfter = async () =>
      (await client.call('GET', 'crm/v2/tenant/{t}/leads')).headers.get('retry-after');
    expect(await retryAfter()).toBeNull();
    await set({ retryAfter: 'seconds' });
    expect(await retryAfter()).toBe('1');
    await set({ retryAfter: 'date' });
    expect(await retryAfter()).toBe('Mon, 05 Jan 2026 18:00:01 GMT');
  });

  it('number the statuses of estimates from 0 or from 1', async () => {
    await estimateOnJob(7);
    await set({ estimateStatusValues: '1,2,3' });
    expect(await client.json('GET', `${estimates}/7`)).toMatchObject({ status: { value: 1, name: 'Open' } });
    expect((await client.list(estimates)).data).toMatchObject([{ status: { value: 1 } }]);
  });
});

describe('the office', () => {
  it('keeps soldOn after an unsell', async () => {
    await estimateOnJob(7);
    const unsold = async () => {
      await client.json('PUT', `${estimates}/7/sell`, { soldBy: 601 });
      await client.call('PUT', `${estimates}/7/unsell`);
      return client.json('GET', `${estimates}/7`);
    };
    expect(await unsold()).toMatchObject({ soldOn: null, soldBy: null });
    await set({ soldOnAfterUnsell: 'kept' });
    expect(await unsold()).toMatchObject({
      status: { name: 'Open' },
      soldOn: expect.stringMatching(/^2026-01-05/),
      soldBy: 601,
    });
  });

  it('dismisses the siblings of a sold estimate', async () => {
    await estimateOnJob(7);
    await client.load('estimates', [{ id: 8, jobId: 1, customerId: 1 }]);
    await set({ siblingsAfterSale: 'dismissed' });
    await client.json('PUT', `${estimates}/7/sell`, { soldBy: 601 });
    expect(await client.json('GET', `${estimates}/8`)).toMatchObject({ status: { name: 'Dismissed' } });
  });

  it('cancels with a job only the appointments that were still to be kept', async () => {
    const times = { start: '2026-01-06T10:00:00Z', end: '2026-01-06T11:00:00Z' };
    await client.load('cancel-reasons', [{ id: 1, name: 'Customer called' }]);
    const canceled = async (id: number) => {
      await client.load('jobs', [{ id, customerId: 1 }]);
      await client.load('appointments', [
        { id: id * 10, jobId: id, ...times },
        { id: id * 10 + 1, jobId: id, ...times, status: 'Hold' },
        { id: id * 10 + 2, jobId: id, ...times, status: 'Done' },
      ]);
      await client.call('PUT', `jpm/v2/tenant/{t}/jobs/${id}/cancel`, { reasonId: 1, memo: '' });
      const { data } = await client.list(`jpm/v2/tenant/{t}/appointments?jobId=${id}`);
      return data.map(({ status }) => status);
    };
    expect(await canceled(1)).toEqual(['Canceled', 'Canceled', 'Done']);
    await set({ canceledJobAppointments: 'live' });
    expect(await canceled(2)).toEqual(['Canceled', 'Hold', 'Done']);
  });

  it.each([[true], [false]])('merges all that a customer has, dated anew: %s', async (isTouched) => {
    const own = { customerId: 2, modifiedOn: '2026-01-01T00:00:00Z' };
    const moved = [
      ['locations', { name: 'Home' }],
      ['customer_contacts', { type: 'Email', value: 'pat@example.com' }],
      ['customer_notes', { text: 'Rings twice' }],
      ['leads', {}],
      ['jobs', { locationId: 5 }],
      ['appointments', { jobId: 5, start: '2026-02-01', end: '2026-02-02' }],
      ['projects', { name: 'New system' }],
      ['estimates', { jobId: 5 }],
      ['invoices', { jobId: 5 }],
      ['payments', {}],
      ['memberships', {}],
      ['installed_equipment', { locationId: 5 }],
      ['calls', {}],
    ] as const;
    await client.load('customers', [
      { id: 1, name: 'Pat', balance: 10.1 },
      { id: 2, name: 'Pat again', balance: 20.2 },
    ]);
    for (const [resource, members] of moved) {
      const answer = await client.load(resource, [{ id: 5, ...own, ...members }]);
      expect([resource, answer.text]).toEqual([resource, '{"loaded":1}']);
    }
    await set({ mergeTouchesChildren: isTouched });
    const story = { tenant: 'SOCAL', event: 'customers_merged', customerId: 1, otherCustomerId: 2 };
    await client.control('POST', 'story', story);
    const modifiedOn = isTouched
      ? expect.stringContaining('2026-01-05')
      : expect.stringContaining('2026-01-01');
    for (const [resource] of moved) {
      const { data } = await client.control('GET', `tenants/SOCAL/${resource}?after=4&limit=1`);
      expect([resource, data]).toEqual([
        resource,
        [expect.objectContaining({ id: 5, customerId: 1, modifiedOn })],
      ]);
    }
    const { data } = await client.control('GET', 'tenants/SOCAL/customers');
    expect(data).toMatchObject([{ balance: 30.3 }, { balance: 0, mergedToId: 1 }]);
  });

  it('merges customers without touching what they leave behind', async () => {
    await client.load('customers', [
      { id: 1, name: 'Pat' },
      { id: 2, name: 'Pat again' },
    ]);
    await client.load('jobs', [{ id: 5, customerId: 2, modifiedOn: '2026-01-01T00:00:00Z' }]);
    await set({ mergeTouchesChildren: false });
    const story = { tenant: 'SOCAL', event: 'customers_merged', customerId: 1, otherCustomerId: 2 };
    await client.control('POST', 'story', story);
    expect(await client.json('GET', 'jpm/v2/tenant/{t}/jobs/5')).toMatchObject({
      customerId: 1,
      modifiedOn: '2026-01-01T00:00:00.0000000Z',
    });
  });
});

describe('late visibility', () => {
  const feed = 'crm/v2/tenant/{t}/export/customers';
  const create = async (name: string) => {
    await client.load('customers', [{ id: name.length, name }]);
  };

  it('keeps new records from lists and feeds for a while, and loses none', async () => {
    await create('A');
    await client.sandbox.advance(600_000);
    await set({ visibilityDelaySeconds: 300 });
    await create('BB');
    client.forgetToken();
    expect(await client.ids('crm/v2/tenant/{t}/customers')).toEqual([1]);
    const first = await client.export(feed);
    expect([first.data.map(({ id }) => id), first.hasMore]).toEqual([[1], false]);
    expect((await client.export(feed, first.continueFrom)).data).toEqual([]);

    await client.sandbox.advance(301_000);
    await create('CCC');
    const second = await client.export(feed, first.continueFrom);
    expect(second.data.map(({ id }) => id)).toEqual([2]);
    expect(second.data[0]).toMatchObject({ modifiedOn: '2026-01-05T18:10:00.0000000Z' });
    expect(await client.ids('crm/v2/tenant/{t}/customers')).toEqual([1, 2]);
  });

  it('shows recent changes at once where they are asked for, and then again', async () => {
    await set({ visibilityDelaySeconds: 300 });
    await create('A');
    const early = await client.export(`${feed}?includeRecentChanges=true&x=`);
    expect([early.data.map(({ id }) => id), early.hasMore]).toEqual([[1], false]);
    await client.sandbox.advance(301_000);
    expect((await client.export(feed, early.continueFrom)).data.map(({ id }) => id)).toEqual([1]);
  });

  it('keeps a change from those who ask for changes', async () => {
    await create('A');
    await client.sandbox.advance(600_000);
    await set({ visibilityDelaySeconds: 300 });
    await client.json('PATCH', 'crm/v2/tenant/{t}/customers/1', { name: 'Kim' });
    const changed = 'crm/v2/tenant/{t}/customers?modifiedOnOrAfter=2026-01-05T18:05:00Z';
    expect(await client.ids(changed)).toEqual([]);
    await client.sandbox.advance(301_000);
    client.forgetToken();
    expect(await client.ids(changed)).toEqual([1]);
  });
});
