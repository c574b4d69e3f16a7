import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const services = 'pricebook/v2/tenant/{t}/services';
const applicationGuid = '5a4db0c5-0000-4000-8000-000000000001';
const identified = z.looseObject({ id: z.int() });

beforeEach(async () => {
  client = await openSandbox({ customers: 30 });
});
afterEach(async () => client.sandbox.close());

it('creates services with 201, changes them, and deletes them with an empty 204', async () => {
  const created = await client.call('POST', services, {
    code: 'FAN',
    description: 'Fan',
    price: 80,
    categories: [9701],
  });
  expect(created.status).toBe(201);
  const { id, ...service } = identified.parse(JSON.parse(created.text));
  expect(service).toMatchObject({ price: 80, categories: [{ id: 9701, name: 'Services' }] });
  expect(await client.json('PATCH', `${services}/${id}`, { price: 90 })).toMatchObject({
    code: 'FAN',
    price: 90,
  });
  const deleted = await client.call('DELETE', `${services}/${id}`);
  expect([deleted.status, deleted.text]).toEqual([204, '']);
  expect(await client.ids(`${services}?searchText=fan`)).toEqual([]);
  expect(await client.json('GET', `${services}/${id}`)).toMatchObject({ active: false });
  const feed = await client.export('pricebook/v2/tenant/{t}/export/services');
  expect(feed.data.at(-1)).toMatchObject({ id, active: false });
});

it('refuses services by field, and unknown ones by 404', async () => {
  expect(await refused(client, 'POST', services, {})).toEqual({
    status: 400,
    fields: ['code', 'description'],
  });
  const body = { code: 'A', description: 'A', categories: [9] };
  expect((await refused(client, 'POST', services, body)).fields).toEqual(['categories']);
  expect((await client.call('DELETE', `${services}/9`)).status).toBe(404);
});

it('sorts and searches, and works prices out only when asked', async () => {
  const names = (await client.list(`${services}?searchText=water%20heater&sort=-DisplayName`)).data;
  expect(names.map(({ displayName }) => displayName)).toEqual([
    'Water heater 50 gal',
    'Tankless water heater',
  ]);
  expect(names[0]).toMatchObject({ calculatedPrice: null });
  expect((await client.list(`${services}?calculatePrices=true&ids=9101`)).data).toMatchObject([
    { price: 8500, calculatedPrice: 8500 },
  ]);
});

it('finds a service by what an application attached to it', async () => {
  const externalData = { applicationGuid, externalData: [{ key: 'sku', value: 'X1' }] };
  await client.call('POST', services, { code: 'X', description: 'X', externalData });
  const query = `externalDataApplicationGuid=${applicationGuid}&externalDataKey=sku&externalDataValues=X1`;
  expect((await client.list(`${services}?${query}`)).data).toMatchObject([
    { code: 'X', externalData: [{ key: 'sku', value: 'X1' }] },
  ]);
});

it('has what the estimates of its customers name', async () => {
  const known = new Set(await client.ids(`${services}?pageSize=500`));
  const { data: items } = await client.list('sales/v2/tenant/{t}/estimates/items?pageSize=500');
  const skus = items.map(({ sku }) => identified.parse(sku).id);
  expect(skus.length).toBeGreaterThan(0);
  expect(skus.filter((id) => !known.has(id))).toEqual([]);
});

it.each(['materials', 'equipment', 'categories'])('feeds %s', async (part) => {
  expect((await client.export(`pricebook/v2/tenant/{t}/export/${part}`)).data).toHaveLength(2);
});
