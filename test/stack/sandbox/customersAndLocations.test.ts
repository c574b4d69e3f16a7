import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, address, loadCustomer, old, oldStamp, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';
const locations = 'crm/v2/tenant/{t}/locations';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

describe('customers', () => {
  it('take all optional members, and nulls for none', async () => {
    const members = {
      type: 'Commercial',
      doNotMail: true,
      nationalAccount: true,
      taxExempt: true,
      tagTypeIds: [301],
      creditLimit: 500,
    };
    const created = await client.json('POST', customers, {
      ...members,
      name: 'Kim Sample',
      address,
      doNotService: null,
      paymentTermId: null,
      customFields: [{ typeId: 4, value: 'Blue' }],
      locations: [{ name: 'Home', address }],
    });
    expect(created).toMatchObject({
      ...members,
      doNotService: false,
      customFields: [{ typeId: 4, value: 'Blue' }],
    });
  });

  it('refuse tags that there are not', async () => {
    expect(await refused(client, 'PATCH', `${customers}/1`, { tagTypeIds: [999] })).toEqual({
      status: 400,
      fields: ['tagTypeIds'],
    });
  });

  it('want a changed address whole', async () => {
    expect(await refused(client, 'PATCH', `${customers}/1`, { address })).toEqual({
      status: 400,
      fields: ['address.unit', 'address.latitude', 'address.longitude'],
    });
  });

  it.each([
    ['latitude=33.5', [2]],
    ['longitude=-117.25', [2]],
    ['latitude=33.6', []],
    ['city=santa', [2]],
    ['country=USA', [1]],
  ])('are found by %s', async (query, ids) => {
    await client.load('customers', [
      {
        id: 2,
        name: 'Kim',
        address: { ...address, city: 'Santa Ana', country: 'CAN', latitude: 33.5, longitude: -117.25 },
        ...old,
      },
    ]);
    expect(await client.ids(`${customers}?${query}`)).toEqual(ids);
  });

  it('leave out of a date range, when asked to, whoever only owes something else since', async () => {
    const changed = '2026-06-01T00:00:00Z';
    await client.load('customers', [
      { id: 2, name: 'Kim', ...old, modifiedOn: changed, profileModifiedOn: oldStamp },
      { id: 3, name: 'Lee', ...old, modifiedOn: changed },
    ]);
    const range = `${customers}?modifiedOnOrAfter=2026-05-01T00:00:00Z`;
    expect(await client.ids(range)).toEqual([2, 3]);
    const flag = 'excludeAccountingChangesFromModifiedDateRange=true';
    expect(await client.ids(`${range}&${flag}`)).toEqual([3]);
    expect(await client.ids(`${customers}?modifiedBefore=2026-05-01T00:00:00Z&${flag}`)).toEqual([1, 2]);
    expect((await client.list(customers)).data[1]).not.toHaveProperty('profileModifiedOn');
  });

  it('are tagged many at a time', async () => {
    await client.load('customers', [{ id: 2, name: 'Kim', tagTypeIds: [301], ...old }]);
    await act(client, 'PUT', 'crm/v2/tenant/{t}/tags', { customerIds: [1, 2], tagTypeIds: [301, 302] });
    expect((await client.list(customers)).data).toMatchObject([
      { tagTypeIds: [301, 302] },
      { tagTypeIds: [301, 302] },
    ]);
    expect(
      await refused(client, 'PUT', 'crm/v2/tenant/{t}/tags', { customerIds: [1, 9], tagTypeIds: [999] }),
    ).toEqual({ status: 400, fields: ['customerIds', 'tagTypeIds'] });
    await act(client, 'DELETE', 'crm/v2/tenant/{t}/tags', { customerIds: [1], tagTypeIds: [301] });
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({ tagTypeIds: [302] });
    expect((await refused(client, 'POST', `${customers}/1/tags/302`)).status).toBe(409);
  });

  it('carry notes, which do not modify them and may be shared with their locations', async () => {
    const note = await client.json('POST', `${customers}/1/notes`, {
      text: 'Dog in the yard',
      pinToTop: true,
      addToLocations: true,
    });
    expect(note).toMatchObject({ text: 'Dog in the yard', isPinned: true });
    expect((await client.list(`${locations}/1/notes`)).data).toMatchObject([{ text: 'Dog in the yard' }]);
    await act(client, 'DELETE', `${customers}/1/notes/${note.id}`);
    expect((await client.list(`${customers}/1/notes`)).data).toEqual([]);
    expect(await client.json('GET', `${customers}/1`)).toMatchObject({ modifiedOn: oldStamp });
    expect(await refused(client, 'POST', `${customers}/1/notes`, {})).toEqual({
      status: 400,
      fields: ['text'],
    });
    expect((await refused(client, 'GET', `${customers}/9/notes`)).status).toBe(404);
  });
});

describe('locations', () => {
  it('are added to a customer and changed', async () => {
    const shop = { customerId: 1, name: 'Shop', address };
    const created = await client.json('POST', locations, {
      ...shop,
      contacts: [{ type: 'Phone', value: '(213) 555-0100' }],
    });
    expect(created).toMatchObject({ ...shop, contacts: [{ value: '(213) 555-0100' }] });
    const moved = { ...address, street: '2 Sample St', unit: '' };
    const changed = await client.json('PATCH', `${locations}/${created.id}`, {
      address: moved,
      active: false,
    });
    expect(changed).toMatchObject({ name: 'Shop', active: false, address: moved });
    expect(await client.ids(`${locations}?customerId=1`)).toEqual([1]);
  });

  it('are refused without what they need, and on a merged customer', async () => {
    expect(await refused(client, 'POST', locations, { customerId: 1 })).toEqual({
      status: 400,
      fields: ['name', 'address'],
    });
    expect(await refused(client, 'POST', locations, { customerId: 9, name: 'Shop', address })).toEqual({
      status: 400,
      fields: ['customerId'],
    });
    await client.load('customers', [{ id: 2, name: 'Kim', active: false, mergedToId: 1, ...old }]);
    expect((await refused(client, 'POST', locations, { customerId: 2, name: 'Shop', address })).status).toBe(
      409,
    );
  });
});
