import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, address, loadCustomer, old, oldStamp, refused } from './calls.ts';
import { openSandbox, readProblem, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';
const locations = 'crm/v2/tenant/{t}/locations';
const phone = { type: 'MobilePhone', value: '(213) 555-0123' };
const email = { type: 'Email', value: 'pat@example.com' };

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

describe('a contact', () => {
  it.each([
    ['customer', `${customers}/1`, 'customerId', `${customers}/contacts?customerIds=1`],
    ['location', `${locations}/1`, 'locationId', `${locations}/contacts?locationIds=1`],
  ])('of a %s is added, changed and deleted without touching its owner', async (_owner, path, link, bulk) => {
    const { id } = await client.json('POST', `${path}/contacts`, phone);
    const preferences = {
      jobRemindersEnabled: true,
      marketingUpdatesEnabled: false,
      invoiceStatementNotification: true,
    };
    const changed = await client.json('PATCH', `${path}/contacts/${id}`, {
      value: '(213) 555-0124',
      preferences,
    });
    expect(changed).toMatchObject({ phoneSettings: { phoneNumber: '(213) 555-0124' }, preferences });
    expect(changed).not.toHaveProperty(link);
    expect((await client.list(bulk)).data).toMatchObject([{ id, [link]: 1, preferences }]);
    await act(client, 'DELETE', `${path}/contacts/${id}`);
    expect(await client.ids(`${path}/contacts`)).toEqual([]);
    expect(await client.ids(bulk)).toEqual([]);
    const feed = bulk.replace('{t}/', '{t}/export/').replace(/\?.*/, '');
    expect((await client.export(feed)).data).toMatchObject([{ id, [link]: 1, active: false }]);
    expect(await client.json('GET', path)).toMatchObject({ modifiedOn: oldStamp });
  });

  it('says what is wrong with it', async () => {
    expect(await refused(client, 'POST', `${customers}/1/contacts`, { type: 'Pigeon' })).toEqual({
      status: 400,
      fields: ['type', 'value'],
    });
    const { id } = await client.json('POST', `${customers}/1/contacts`, email);
    const preferences = { marketingUpdatesEnabled: false };
    expect(await refused(client, 'PATCH', `${customers}/1/contacts/${id}`, { preferences })).toMatchObject({
      fields: ['preferences.jobRemindersEnabled', 'preferences.invoiceStatementNotification'],
    });
    await client.load('customers', [{ id: 2, name: 'Kim', ...old }]);
    expect((await refused(client, 'DELETE', `${customers}/2/contacts/${id}`)).status).toBe(404);
    expect((await refused(client, 'GET', `${locations}/9/contacts`)).status).toBe(404);
  });

  it('stays as it is once its customer was merged into another', async () => {
    await client.load('customers', [{ id: 2, name: 'Kim', active: false, mergedToId: 1, ...old }]);
    expect((await refused(client, 'POST', `${customers}/2/contacts`, email)).status).toBe(409);
  });

  it('of a location is asked for by location or date', async () => {
    const answer = await client.call('GET', `${locations}/contacts`);
    expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([
      400,
      ['locationIds', 'modifiedBefore', 'modifiedOnOrAfter', 'createdBefore', 'createdOnOrAfter'],
    ]);
  });
});

it('copies the contacts of a new location to its new customer, once', async () => {
  const created = await client.json('POST', customers, {
    name: 'Kim Sample',
    address,
    contacts: [phone],
    locations: [{ name: 'Home', address, contacts: [phone, email] }],
  });
  const [location] = (await client.list(`${locations}?customerId=${created.id}`)).data;
  expect(created).toMatchObject({ locations: [{ id: location?.id, contacts: [phone, email] }] });
  expect((await client.list(`${customers}/${created.id}/contacts`)).data).toMatchObject([phone, email]);
  expect((await client.list(`${locations}/${location?.id}/contacts`)).data).toMatchObject([phone, email]);
});
