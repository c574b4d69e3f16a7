import { afterAll, beforeAll, expect, it } from 'vitest';
import { refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const campaigns = 'marketing/v2/tenant/{t}/campaigns';
const body = { name: 'Billboard', businessUnitId: 11, categoryId: 51, active: true, dnis: '2135550190' };

beforeAll(async () => {
  client = await openSandbox({ customers: 40 });
});
afterAll(async () => client.sandbox.close());

it('has the campaigns that its leads and jobs name', async () => {
  const known = new Set(await client.ids(campaigns));
  const { data: leads } = await client.list('crm/v2/tenant/{t}/leads?pageSize=500');
  expect(leads.length).toBeGreaterThan(0);
  expect(leads.filter(({ campaignId }) => !known.has(Number(campaignId)))).toEqual([]);
});

it('makes campaigns, with the names of their unit and category, and changes them whole', async () => {
  const made = await client.json('POST', campaigns, body);
  expect(made).toMatchObject({
    businessUnit: 'Sales',
    category: { id: 51, name: 'Online', active: true },
    campaignPhoneNumbers: ['2135550190'],
  });
  expect(await client.ids(`${campaigns}?campaignPhoneNumber=2135550190`)).toEqual([made.id]);
  await client.json('PATCH', `${campaigns}/${made.id}`, { ...body, name: 'Poster', active: false });
  expect(await client.ids(`${campaigns}?name=poster`)).toEqual([]);
  expect(await client.ids(`${campaigns}?name=poster&active=Any&sort=-Name`)).toEqual([made.id]);
  expect(await client.json('GET', `${campaigns}/${made.id}`)).toMatchObject({
    name: 'Poster',
    active: false,
  });
});

it('refuses campaigns by the field that is missing or names nothing', async () => {
  expect(await refused(client, 'POST', campaigns, {})).toEqual({
    status: 400,
    fields: ['name', 'businessUnitId', 'categoryId', 'active'],
  });
  expect((await refused(client, 'POST', campaigns, { ...body, categoryId: 9 })).fields).toEqual([
    'categoryId',
  ]);
  expect((await client.call('GET', `${campaigns}/987`)).status).toBe(404);
});

it('shows a lifted suppression as inactive, and puts it on again under the same id', async () => {
  const path = 'marketing/v2/tenant/{t}/suppressions';
  const put = async () =>
    client.call('POST', `${path}/suppress`, { emails: ['kim@example.com'], reason: 'Bounce' });
  await put();
  const first = await client.json('GET', `${path}/KIM@example.com`);
  await client.call('POST', `${path}/unsuppress`, { emails: ['kim@example.com', 'nobody@example.com'] });
  expect(await client.json('GET', `${path}/kim@example.com`)).toMatchObject({ id: first.id, active: false });
  await put();
  expect(await client.json('GET', `${path}/kim@example.com`)).toMatchObject({ id: first.id, active: true });
});
