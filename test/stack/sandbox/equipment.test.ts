import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCustomer, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const path = 'equipmentsystems/v2/tenant/{t}/installed-equipment';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

it('is installed at a location, with its type, its tags and what only single records show', async () => {
  const made = await client.json('POST', path, {
    locationId: 1,
    name: 'Heat pump',
    equipmentTypeId: 541,
    tagTypeIds: [301],
    attachments: [{ type: 'Image', url: 'https://example.com/plate.png' }],
    customFields: [{ typeId: 7, value: 'attic' }],
  });
  expect(made).toMatchObject({
    customerId: 1,
    type: { id: 541, name: 'Heat pump' },
    tags: [{ typeId: 301, typeName: 'VIP' }],
    customFields: [{ typeId: 7, value: 'attic' }],
  });
  expect(await client.json('GET', `${path}/${made.id}`)).toEqual(made);
  const [listed] = (await client.list(`${path}?locationIds=1`)).data;
  expect(listed).toMatchObject({ id: made.id, name: 'Heat pump' });
  expect(listed).not.toHaveProperty('attachments');
  expect(listed).not.toHaveProperty('tagTypeIds');
});

it('is changed member by member, and gives dates back for null', async () => {
  const { id } = await client.json('POST', path, {
    locationId: 1,
    memo: 'loud',
    actualReplacementDate: '2035-01-31',
  });
  const changed = await client.json('PATCH', `${path}/${id}`, {
    status: 'Replaced',
    actualReplacementDate: null,
  });
  expect(changed).toMatchObject({ memo: 'loud', status: 'Replaced', actualReplacementDate: null });
  const feed = await client.export('equipmentsystems/v2/tenant/{t}/export/installed-equipment');
  expect(feed.data).toMatchObject([{ id, status: 'Replaced' }]);
});

it('is refused where there is no such location, type or tag', async () => {
  expect((await refused(client, 'POST', path, {})).fields).toEqual(['locationId']);
  expect((await client.call('POST', path, { locationId: 9 })).status).toBe(404);
  expect((await refused(client, 'POST', path, { locationId: 1, equipmentTypeId: 9 })).fields).toEqual([
    'equipmentTypeId',
  ]);
  expect((await client.call('PATCH', `${path}/9`, {})).status).toBe(404);
});
