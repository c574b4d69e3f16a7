import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-01-15T18:00:00Z'), freeze: true });
  await client.load(
    'customers',
    [1, 2, 3, 4, 5, 6].map((id) => ({ id, name: `Customer ${id}`, createdOn: `2026-01-0${id}T00:00:00Z` })),
  );
});
afterEach(async () => client.sandbox.close());

const between = (body: Record<string, unknown>) =>
  client.control('POST', 'between-pages', { tenant: 'SOCAL', path: '/crm', ...body });
const page = (number: number) => client.ids(`${customers}?pageSize=2&sort=%2BModifiedOn&page=${number}`);

describe('between two pages', () => {
  it('a change moves a record to the end, so that a reader skips one', async () => {
    await between({ act: { load: { resource: 'customers', records: [{ id: 1, name: 'Changed' }] } } });
    expect(await page(1)).toEqual([1, 2]);
    expect(await page(2)).toEqual([4, 5]);
    expect(await page(3)).toEqual([6, 1]);
    expect(await client.control('GET', 'between-pages')).toMatchObject({
      betweenPages: [{ answered: 1, outcome: { done: { loaded: 1 } } }],
    });
  });

  it('something happens only after as many pages as are asked for, once', async () => {
    await between({ afterPage: 2, act: { story: { event: 'lead_received' } } });
    await page(1);
    expect((await client.list('crm/v2/tenant/{t}/leads')).data).toHaveLength(0);
    await between({ path: '/jpm', act: { story: { event: 'lead_received' } } });
    expect((await client.list('crm/v2/tenant/{t}/leads')).data).toHaveLength(1);
    await page(3);
    expect((await client.list('crm/v2/tenant/{t}/leads')).data).toHaveLength(1);
  });

  it('what cannot happen is told, and leaves the page alone', async () => {
    await between({ act: { story: { event: 'sales_canceled', customerId: 1 } } });
    expect(await page(1)).toEqual([1, 2]);
    expect(await client.control('GET', 'between-pages')).toMatchObject({
      betweenPages: [{ outcome: { refused: expect.stringContaining('could be canceled') } }],
    });
    expect(await client.control('DELETE', 'between-pages')).toEqual({ betweenPages: [] });
  });

  it.each([
    [{ path: '(', act: { story: { event: 'lead_received' } } }, /path must be a path prefix/],
    [{ act: {} }, /act must be one of story, load and bulkEdit/],
    [{ act: { story: { event: 'nonsense' } } }, /act\.story\.event must be one of/],
    [{ act: { load: { resource: 'nothing', records: [] } } }, /resource must be one of/],
    [{ act: { bulkEdit: { resource: 'nothing', count: 1 } } }, /resource must be one of/],
    [{ tenant: 'NOWHERE', act: { story: { event: 'lead_received' } } }, /tenant must be one of/],
  ])('refuses %j', async (body, message) => {
    const answer = await client.send('POST', '/_sandbox/between-pages', {
      tenant: 'SOCAL',
      path: '/crm',
      ...body,
    });
    expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('a bulk edit', () => {
  it('writes many records with one and the same modifiedOn', async () => {
    const feed = 'crm/v2/tenant/{t}/export/customers';
    const { continueFrom } = await client.export(feed);
    await client.control('POST', 'bulk-edit', { tenant: 'SOCAL', resource: 'customers', count: 4 });
    const { data } = await client.export(feed, continueFrom);
    expect(data.map(({ id }) => id)).toEqual([1, 2, 3, 4]);
    expect(new Set(data.map(({ modifiedOn }) => modifiedOn)).size).toBe(1);
    expect(data[0]).toMatchObject({ name: 'Customer 1', createdOn: '2026-01-01T00:00:00.0000000Z' });
  });

  it('can name its records, and refuses unknown ones', async () => {
    const body = { tenant: 'SOCAL', resource: 'customers' };
    expect(await client.control('POST', 'bulk-edit', { ...body, ids: [2, 5] })).toMatchObject({ edited: 2 });
    for (const [wrong, message] of [
      [{ ids: [2, 99] }, /99 are not/],
      [{}, /ids or count is required/],
      [{ ids: [1], count: 1 }, /only one of them/],
    ] as const) {
      const answer = await client.send('POST', '/_sandbox/bulk-edit', { ...body, ...wrong });
      expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
    }
  });
});
