import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, address, loadCustomer, old, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const leads = 'crm/v2/tenant/{t}/leads';
const bookings = 'crm/v2/tenant/{t}/booking-provider/1/bookings';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

describe('leads', () => {
  beforeEach(async () => {
    await client.load('customers', [
      { id: 2, name: 'Kim', address: { ...address, city: 'Plano', state: 'TX', zip: '75023' }, ...old },
    ]);
    await client.load('jobs', [{ id: 1, customerId: 1, ...old }]);
    await client.load('leads', [
      { id: 1, customerId: 1, ...old },
      { id: 2, customerId: 2, leadCustomerName: 'Kim Sample', ...old },
      { id: 3, leadPhone: '(213) 555-0142', captureSource: 'Form', ...old },
    ]);
  });

  it.each([
    ['isProspect=true', [2, 3]],
    ['isProspect=false', [1]],
    ['withoutCustomer=true', [3]],
    ['withoutCustomer=false', [1, 2]],
    ['customerCity=plano', [2]],
    ['customerState=CA', [1]],
    ['customerZip=75023', [2]],
    ['customerCreatedBefore=2026-01-02', [1, 2]],
    ['customerCreatedOnOrAfter=2026-01-02', []],
    ['leadCustomerName=sample', [2]],
    ['leadPhone=2135550142', [3]],
    ['isCaptureSourceForm=true', [3]],
  ])('are found by %s', async (query, ids) => {
    expect(await client.ids(`${leads}?${query}`)).toEqual(ids);
  });

  it('show a permanent address only when asked', async () => {
    expect(await client.json('GET', `${leads}/1`)).toMatchObject({ leadUrl: null });
    const [row] = (await client.list(`${leads}?genPermUrl=true`)).data;
    expect(row?.['leadUrl']).toMatch(/^https:/);
  });

  it('are followed up, with a note of what to say', async () => {
    const followUp = { followUpDate: '2027-02-01T10:00:00Z', text: 'Ask about the attic' };
    const answer = JSON.parse((await client.call('POST', `${leads}/1/follow-up`, followUp)).text);
    expect(answer).toEqual({
      leadId: 1,
      followUpDate: '2027-02-01T10:00:00.0000000Z',
      text: 'Ask about the attic',
      pinToTop: false,
    });
    expect(await client.json('GET', `${leads}/1`)).toMatchObject({ followUpDate: answer.followUpDate });
    await client.json('POST', `${leads}/1/notes`, { text: 'Left a message' });
    expect((await client.list(`${leads}/1/notes`)).data).toMatchObject([
      { text: 'Ask about the attic' },
      { text: 'Left a message' },
    ]);
    expect((await refused(client, 'POST', `${leads}/1/follow-up`, {})).fields).toEqual(['followUpDate']);
  });

  it('are dismissed for a reason that there is', async () => {
    const reasons = await client.list('jbce/v2/tenant/{t}/call-reasons');
    expect(reasons.data[0]).toMatchObject({ isLead: true, active: true });
    expect(await refused(client, 'POST', `${leads}/1/dismiss`, { dismissingReasonId: 999 })).toEqual({
      status: 400,
      fields: ['dismissingReasonId'],
    });
    await act(client, 'POST', `${leads}/1/dismiss`, { dismissingReasonId: reasons.data[0]?.id });
    expect(
      (await refused(client, 'POST', `${leads}/1/follow-up`, { followUpDate: '2027-01-01' })).status,
    ).toBe(400);
  });

  it('come by a form without a customer', async () => {
    const form = { name: 'Lee Sample', email: 'lee@example.com', address };
    const { leadId } = JSON.parse((await client.call('POST', `${leads}/form`, form)).text);
    expect(await client.json('GET', `${leads}/${leadId}`)).toMatchObject({
      status: 'Open',
      customerId: null,
      captureSource: 'Form',
      leadCustomerName: 'Lee Sample',
      leadEmail: 'lee@example.com',
      leadCity: 'Irvine',
    });
    expect((await refused(client, 'POST', `${leads}/form`, {})).fields).toEqual(['name']);
  });

  it('are changed, but not to what there is not', async () => {
    expect(await client.json('PATCH', `${leads}/1`, { priority: 'Urgent' })).toMatchObject({
      priority: 'Urgent',
    });
    expect((await refused(client, 'PATCH', `${leads}/1`, { jobTypeId: 999 })).fields).toEqual(['jobTypeId']);
  });
});

describe('bookings', () => {
  const booking = {
    source: 'Web',
    name: 'Pat',
    summary: 'New system',
    isFirstTimeClient: true,
    externalId: 'x-1',
    address,
  };

  it('are listed to their own provider only, and by their external id', async () => {
    await client.load('bookings', [{ id: 1, bookingProviderId: 2, externalId: 'x-9', name: 'Kim', ...old }]);
    const { id } = await client.json('POST', bookings, booking);
    expect(await client.ids(bookings)).toEqual([id]);
    expect(await client.ids(`${bookings}?externalId=X-1`)).toEqual([id]);
    expect(await client.ids(`${bookings}?externalId=x-9`)).toEqual([]);
    expect(await client.ids('crm/v2/tenant/{t}/bookings')).toEqual([1, id]);
    expect((await refused(client, 'PATCH', `${bookings}/1`, {})).status).toBe(404);
  });

  it('always show a start and a whole address, even where they came without', async () => {
    await client.load('bookings', [{ id: 1, name: 'Kim', address: { street: '1 Sample St' }, ...old }]);
    expect(await client.json('GET', 'crm/v2/tenant/{t}/bookings/1')).toMatchObject({
      start: '2026-01-01T00:00:00.0000000Z',
      address: { street: '1 Sample St', unit: null, city: '' },
    });
  });

  it('are dismissed for a call reason, and their contacts are changed and deleted', async () => {
    const { id } = await client.json('POST', bookings, { ...booking, customerType: null, start: null });
    const contact = await client.json('POST', `${bookings}/${id}/contacts`, { type: 'Phone', value: '1' });
    expect(contact).toMatchObject({ memo: '' });
    await client.call('PATCH', `${bookings}/${id}/contacts/${contact.id}`, { memo: 'work' });
    expect((await client.list(`crm/v2/tenant/{t}/bookings/${id}/contacts`)).data).toMatchObject([
      { id: contact.id, memo: 'work' },
    ]);
    await act(client, 'DELETE', `${bookings}/${id}/contacts/${contact.id}`);
    expect(await client.ids(`${bookings}/${id}/contacts`)).toEqual([]);
    expect(
      (await refused(client, 'POST', `${bookings}/${id}/dismiss`, { callReasonId: 999 })).fields,
    ).toEqual(['callReasonId']);
    await act(client, 'POST', `${bookings}/${id}/dismiss`, { callReasonId: 2 });
    expect(await client.json('GET', `${bookings}/${id}`)).toMatchObject({
      status: 'Dismissed',
      dismissingReasonId: 2,
    });
  });
});
