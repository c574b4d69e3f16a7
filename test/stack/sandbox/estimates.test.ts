import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { act, loadCustomer, old, oldStamp, refused } from './calls.ts';
import { openSandbox, readProblem, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const sales = 'sales/v2/tenant/{t}';
const estimates = `${sales}/estimates`;
const item = (id: number, total: number) => ({ id, unitRate: total, total });

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-05-15T18:30:00Z'), freeze: true });
  await loadCustomer(client);
  await client.load('jobs', [{ id: 1, customerId: 1, locationId: 1, ...old }]);
  await client.load('estimates', [
    { id: 1, jobId: 1, customerId: 1, items: [item(101, 300), item(102, 200)], ...old },
    { id: 2, jobId: 1, customerId: 1, items: [item(201, 50)], ...old },
  ]);
});
afterEach(async () => client.sandbox.close());

async function history(id: number) {
  const { text } = await client.call('GET', `${sales}/status/estimates/${id}/changes`);
  return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(text));
}

describe('estimates', () => {
  it('keep their siblings as they are when they are sold', async () => {
    await client.json('PUT', `${estimates}/1/sell`, { soldBy: 601 });
    expect(await client.json('GET', `${estimates}/2`)).toMatchObject({
      status: { name: 'Open' },
      modifiedOn: oldStamp,
    });
  });

  it('are changed whole, with their items and their status', async () => {
    const changed = await client.json('PUT', `${estimates}/1`, {
      name: 'Better',
      tax: 8,
      status: 'Sold',
      soldBy: 602,
      items: [
        { id: 101, quantity: 2 },
        { skuId: 9101, unitPrice: 40 },
      ],
    });
    expect(changed).toMatchObject({
      name: 'Better',
      tax: 8,
      subtotal: 640,
      soldBy: 602,
      items: [
        { id: 101, qty: 2 },
        { id: 103, sku: { id: 9101, name: 'Heat pump 3 ton' } },
      ],
    });
    expect(changed['modifiedOn']).not.toBe(oldStamp);
    expect(await refused(client, 'PUT', `${estimates}/1`, { items: [{ id: 999 }] })).toEqual({
      status: 400,
      fields: ['items[0].id'],
    });
  });

  it('tell every change of their status, and none that did not happen', async () => {
    expect(await history(1)).toEqual([]);
    await client.json('PUT', `${estimates}/1/sell`, { soldBy: 601 });
    await act(client, 'PUT', `${estimates}/1/unsell`);
    await act(client, 'PUT', `${estimates}/1/dismiss`);
    expect((await client.call('PUT', `${estimates}/1/dismiss`)).status).toBe(400);
    expect((await history(1)).map(({ oldStatus, newStatus }) => [oldStatus, newStatus])).toEqual([
      ['Open', 'Sold'],
      ['Sold', 'Open'],
      ['Open', 'Dismissed'],
    ]);
    expect(await history(2)).toEqual([]);
    expect((await client.call('GET', `${sales}/status/estimates/9/changes`)).status).toBe(404);
  });

  it('are in both feeds', async () => {
    const ids = async (path: string) => (await client.export(path)).data.map(({ id }) => id);
    expect(await ids(`${sales}/export/estimates`)).toEqual([1, 2]);
    expect(await ids(`${estimates}/export`)).toEqual([1, 2]);
  });
});

describe('the items of estimates', () => {
  it('are put one by one: the subtotal follows, the modification date does not', async () => {
    const added = await client.json('PUT', `${estimates}/1/items`, {
      skuName: 'Filter',
      quantity: 3,
      unitPrice: 10,
    });
    expect(added).toMatchObject({ estimateId: 1, qty: 3, total: 30, sku: { name: 'Filter' } });
    const changed = await client.json('PUT', `${estimates}/1/items`, { id: added.id, unitPrice: 20 });
    expect(changed).toMatchObject({ id: added.id, qty: 3, total: 60 });
    expect(await client.json('GET', `${estimates}/1`)).toMatchObject({ subtotal: 560, modifiedOn: oldStamp });
    await act(client, 'DELETE', `${estimates}/1/items/${added.id}`);
    expect(await client.json('GET', `${estimates}/1`)).toMatchObject({ subtotal: 500, modifiedOn: oldStamp });
    expect((await client.call('DELETE', `${estimates}/1/items/${added.id}`)).status).toBe(404);
    expect(await refused(client, 'PUT', `${estimates}/1/items`, { id: 201 })).toEqual({
      status: 400,
      fields: ['id'],
    });
  });

  it('are listed across estimates, narrowed and sorted', async () => {
    const list = async (query: string) => client.ids(`${estimates}/items?${query}`);
    expect(await list('')).toEqual([101, 102, 201]);
    expect(await list('estimateId=1&sort=-Id')).toEqual([102, 101]);
    expect(await list('ids=102,201&pageSize=1&page=2')).toEqual([201]);
    expect(await list('active=False')).toEqual([]);
    expect(await list('estimateId=9')).toEqual([]);
    expect(await refused(client, 'GET', `${estimates}/items?estimateId=x`)).toEqual({
      status: 400,
      fields: ['estimateId'],
    });
  });
});

describe('opportunities', () => {
  it.each(['opportunities', 'opportunities/1', 'opportunities/followups', 'export/opportunities'])(
    'are not enabled: %s',
    async (path) => {
      const answer = await client.call('GET', `${sales}/${path}`);
      expect([answer.status, readProblem(answer).title]).toEqual([
        400,
        'Opportunities are not enabled for this tenant.',
      ]);
    },
  );
});
