import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSandbox, readProblem, type SandboxClient, socal, dfw } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';

function day(number: number): string {
  return `2026-03-${String(number).padStart(2, '0')}T00:00:00Z`;
}

beforeAll(async () => {
  client = await openSandbox({ requestsPerSecond: 10_000 });
  await client.load(
    'customers',
    Array.from({ length: 60 }, (_, index) => ({
      id: 100 + index,
      name: `Pat ${index} Placeholder`,
      active: index !== 59,
      createdOn: day(1 + (index % 28)),
      modifiedOn: `2026-04-01T00:00:00.${String(9_000_000 - index)}Z`,
    })),
  );
  await client.load('customer-contacts', [
    { id: 1, customerId: 100, type: 'Email', value: 'pat@example.com', createdOn: day(1) },
    { id: 2, customerId: 100, type: 'MobilePhone', value: '(213) 555-0123', createdOn: day(2) },
    { id: 3, customerId: 101, type: 'Email', value: 'kim@example.com', createdOn: day(3), active: false },
  ]);
  await client.load('jobs', [
    { id: 1, customerId: 100, jobStatus: 'Scheduled', jobTypeId: 5, createdOn: day(1), tagTypeIds: [7] },
    { id: 2, customerId: 101, jobStatus: 'Canceled', jobTypeId: 5, createdOn: day(2) },
    { id: 3, customerId: 100, jobStatus: 'Completed', completedOn: day(9), createdOn: day(3), active: false },
  ]);
  await client.load('appointments', [
    { id: 1, jobId: 1, start: day(20), end: day(21), createdOn: day(1) },
    { id: 2, jobId: 1, start: day(22), end: day(23), createdOn: day(1), active: false },
  ]);
  await client.load('estimates', [
    { id: 1, jobId: 1, status: 'Sold', subtotal: 5000, tax: 400, soldOn: day(5), createdOn: day(4) },
    { id: 2, jobId: 1, status: { name: 'Open' }, subtotal: 100, createdOn: day(4) },
  ]);
});
afterAll(async () => client.sandbox.close());

describe('a list', () => {
  it('gives 50 active rows a page, without a total unless asked', async () => {
    const first = await client.list(customers);
    expect(first).toMatchObject({ page: 1, pageSize: 50, hasMore: true, totalCount: null });
    expect(first.data).toHaveLength(50);
    const second = await client.list(`${customers}?page=2&includeTotal=true`);
    expect(second).toMatchObject({ page: 2, hasMore: false, totalCount: 59 });
    expect(second.data).toHaveLength(9);
  });

  it('shows inactive rows only when they are asked for', async () => {
    expect((await client.list(`${customers}?active=Any&includeTotal=true`)).totalCount).toBe(60);
    expect(await client.ids(`${customers}?active=False`)).toEqual([159]);
    expect(await client.ids('jpm/v2/tenant/{t}/appointments')).toEqual([1]);
    expect(await client.ids('jpm/v2/tenant/{t}/jobs')).toEqual([1, 2]);
  });

  it('sorts both ways, and refuses an unknown sort by name', async () => {
    expect((await client.ids(`${customers}?sort=-Id`))[0]).toBe(158);
    expect((await client.ids(`${customers}?sort=%2BModifiedOn`))[0]).toBe(158);
    expect((await client.ids(`${customers}?sort=-ModifiedOn`))[0]).toBe(100);
    expect(readProblem(await client.call('GET', `${customers}?sort=%2BName`)).errors).toHaveProperty('sort');
    expect(await client.ids('sales/v2/tenant/{t}/estimates?orderBy=Id&orderByDirection=desc')).toEqual([
      2, 1,
    ]);
  });

  it('takes 50 ids and refuses 51', async () => {
    const ids = Array.from({ length: 51 }, (_, index) => 100 + index);
    expect(await client.ids(`${customers}?ids=${ids.slice(0, 50).join(',')}`)).toHaveLength(50);
    expect(await client.ids(`${customers}?ids=100,987654`)).toEqual([100]);
    const answer = await client.call('GET', `${customers}?ids=${ids.join(',')}`);
    expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([400, ['ids']]);
  });

  it('filters by dates to all seven digits: or-after includes, before excludes', async () => {
    const moment = '2026-04-01T00:00:00.8999999Z';
    expect(await client.ids(`${customers}?modifiedOnOrAfter=${moment}`)).toEqual([100, 101]);
    expect(await client.ids(`${customers}?modifiedBefore=${moment}&ids=100,101,102`)).toEqual([102]);
    expect(await client.ids(`${customers}?createdOnOrAfter=${day(2)}&createdBefore=${day(3)}`)).toEqual([
      101, 129, 157,
    ]);
  });

  it.each([
    ['page', 'x'],
    ['pageSize', '5001'],
    ['active', 'Sometimes'],
    ['modifiedOnOrAfter', 'yesterday'],
    ['includeTotal', 'maybe'],
  ])('refuses a wrong %s by its name', async (name, value) => {
    const answer = await client.call('GET', `${customers}?${name}=${value}`);
    expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([400, [name]]);
  });

  it.each([
    ['crm/v2/tenant/{t}/customers?name=PAT%2012%20', [112]],
    ['crm/v2/tenant/{t}/customers?phone=2135550123', [100]],
    ['jpm/v2/tenant/{t}/jobs?customerId=100', [1]],
    ['jpm/v2/tenant/{t}/jobs?jobStatus=Canceled', [2]],
    ['jpm/v2/tenant/{t}/jobs?tagTypeIds=7,8', [1]],
    [`jpm/v2/tenant/{t}/jobs?appointmentStartsOnOrAfter=${day(20)}`, [1]],
    [`jpm/v2/tenant/{t}/jobs?appointmentStartsOnOrAfter=${day(21)}`, []],
    [`jpm/v2/tenant/{t}/appointments?startsBefore=${day(23)}&active=Any`, [1, 2]],
    ['sales/v2/tenant/{t}/estimates?status=Sold', [1]],
    ['sales/v2/tenant/{t}/estimates?totalGreater=5000', [1]],
    [`sales/v2/tenant/{t}/estimates?soldAfter=${day(6)}`, []],
  ])('filters %s', async (path, ids) => {
    expect(await client.ids(path)).toEqual(ids);
  });

  it('keeps contacts apart from customers, and wants to know which', async () => {
    expect(await client.ids(`${customers}/100/contacts`)).toEqual([1, 2]);
    expect((await client.list(`${customers}/100/contacts`)).data[0]).not.toHaveProperty('customerId');
    expect(await client.ids(`${customers}/contacts?customerIds=100,101`)).toEqual([1, 2]);
    const answer = await client.call('GET', `${customers}/contacts`);
    expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([
      400,
      ['customerIds', 'modifiedBefore', 'modifiedOnOrAfter'],
    ]);
  });

  it('leaves out what only export rows carry, and what is nobody’s business', async () => {
    expect((await client.list('jpm/v2/tenant/{t}/jobs')).data[0]).not.toHaveProperty('active');
    expect((await client.export('jpm/v2/tenant/{t}/export/jobs')).data[0]).toHaveProperty('active', true);
    expect((await client.list('jpm/v2/tenant/{t}/appointments')).data[0]).not.toHaveProperty('technicianIds');
  });
});

describe('loading', () => {
  it('fills in what a record lacks', async () => {
    expect(await client.json('GET', 'jpm/v2/tenant/{t}/jobs/1')).toMatchObject({
      jobNumber: '1',
      priority: 'Normal',
      createdOn: '2026-03-01T00:00:00.0000000Z',
      modifiedOn: '2026-03-01T00:00:00.0000000Z',
    });
    expect(await client.json('GET', 'jpm/v2/tenant/{t}/appointments/1')).toMatchObject({ customerId: 100 });
    expect(await client.json('GET', 'sales/v2/tenant/{t}/estimates/2')).toMatchObject({
      status: { value: 0, name: 'Open' },
    });
  });

  it('refuses a wrong record by index and field, and then loads none', async () => {
    const answer = await client.load('leads', [{ id: 1 }, { id: 2, status: 'Lost', createdOn: 'soon' }]);
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/"index":1,"field":"status".*"index":1,"field":"createdOn"/);
    expect(await client.ids('crm/v2/tenant/{t}/leads')).toEqual([]);
  });

  it.each(['customer-contacts', 'customer_contacts', 'customers/contacts', 'contacts'])(
    'understands %s',
    async (name) => {
      const answer = await client.load(name, []);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([200, { loaded: 0 }]);
    },
  );

  it('names the resources and tenants there are when it does not know one', async () => {
    expect((await client.load('unicorns', [])).text).toMatch(/must be one of customers, .*estimates/);
    expect((await client.load('jobs', [], 5)).text).toMatch(/410387862 \(SOCAL\), 1116148646 \(DFW\)/);
  });

  it('keeps tenants apart, shows what they hold and empties one', async () => {
    await client.load('leads', [{ id: 1 }], dfw.id);
    expect(await client.control('GET', `tenants/DFW/leads`)).toMatchObject({
      data: [{ id: 1 }],
      hasMore: false,
    });
    expect(await client.control('GET', `tenants/${socal.id}/leads`)).toMatchObject({ data: [] });
    await client.control('DELETE', 'tenants/DFW');
    expect(await client.control('GET', 'tenants/DFW/leads')).toMatchObject({ data: [] });
    expect(await client.control('GET', 'tenants/DFW/job_types')).toMatchObject({ data: [] });
  });

  it.each([
    [{ name: 'socal' }, 'name'],
    [{ name: String(dfw.id) }, 'name'],
    [{ name: 'WEST', clientId: socal.clientId }, 'clientId'],
    [{ name: 'SO/CAL', clientId: 'cid.sandbox-dfw' }, 'clientId'],
  ])('refuses a tenant that would be taken for another: %j', async (body, field) => {
    const answer = await client.send('PUT', '/_sandbox/tenants/77', body);
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { issues: [{ field }] } });
    expect(client.sandbox.tenants().some(({ id }) => id === 77)).toBe(false);
  });

  it('gives credentials by its id to a tenant whose name has no letters for them', async () => {
    const tenant = await client.control('PUT', 'tenants/78', { name: 'Ü' });
    expect(tenant).toMatchObject({ clientId: 'cid.sandbox-78' });
    expect(await client.control('PUT', 'tenants/78', { name: 'Ü' })).toMatchObject({ id: 78 });
  });

  it('adds a tenant that can be connected at once', async () => {
    await client.control('PUT', 'tenants/42', { name: 'NORTH', timeZone: 'America/Denver' });
    const tenant = client.sandbox.tenants().find(({ id }) => id === 42);
    expect(tenant).toMatchObject({ clientId: 'cid.sandbox-north', clientSecret: 'cs1.sandbox-north' });
    expect(await client.token(tenant ?? socal)).toMatchObject({ expires_in: 900 });
  });
});
