import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { loadCustomer, old, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const memberships = 'memberships/v2/tenant/{t}/memberships';
const types = 'memberships/v2/tenant/{t}/membership-types';
const records = z.array(z.record(z.string(), z.unknown()));

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-05-15T18:30:00Z'), freeze: true });
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

const sale = {
  customerId: 1,
  businessUnitId: 11,
  saleTaskId: 521,
  durationBillingId: 521,
  recurringServiceAction: 'None',
};

async function sell(): Promise<{ invoiceId: number; customerMembershipId: number }> {
  const { text } = await client.call('POST', `${memberships}/sale`, sale);
  return z.object({ invoiceId: z.int(), customerMembershipId: z.int() }).parse(JSON.parse(text));
}

it('sells a membership for its term, on an invoice of its own', async () => {
  const { invoiceId, customerMembershipId: id } = await sell();
  expect(await client.json('GET', `${memberships}/${id}`)).toMatchObject({
    customerId: 1,
    membershipTypeId: 521,
    status: 'Active',
    billingFrequency: 'Annual',
    duration: 12,
    from: expect.stringContaining('2026-05-15T18:30:00'),
    to: '2027-05-15T18:30:00.0000000Z',
  });
  const { data } = await client.list(`accounting/v2/tenant/{t}/invoices?ids=${invoiceId}`);
  expect(data).toMatchObject([
    { invoiceConfiguration: 'MembershipInvoice', membershipId: id, total: '199.00', balance: '199.00' },
  ]);
  expect(await client.json('GET', 'crm/v2/tenant/{t}/customers/1')).toMatchObject({ balance: 199 });
});

it('refuses a sale by the fields that name nothing', async () => {
  const post = async (body: unknown) => (await refused(client, 'POST', `${memberships}/sale`, body)).fields;
  expect(await post({})).toEqual([
    'customerId',
    'businessUnitId',
    'saleTaskId',
    'durationBillingId',
    'recurringServiceAction',
  ]);
  expect(await post({ ...sale, customerId: 9 })).toEqual(['customerId']);
  expect(await post({ ...sale, durationBillingId: 9 })).toEqual(['durationBillingId']);
});

it('keeps every change of the status, in a list and in a feed', async () => {
  const { customerMembershipId: id } = await sell();
  await client.json('PATCH', `${memberships}/${id}`, { memo: 'Prefers mornings' });
  expect(await client.json('PATCH', `${memberships}/${id}`, { status: 'Suspended' })).toEqual({ id });
  await client.json('PATCH', `${memberships}/${id}`, { status: 'Canceled' });
  expect(await client.json('GET', `${memberships}/${id}`)).toMatchObject({
    memo: 'Prefers mornings',
    cancellationDate: expect.stringContaining('2026-05-15T18:30:00'),
  });
  const changes = records.parse(
    JSON.parse((await client.call('GET', `${memberships}/${id}/status-changes`)).text),
  );
  const pairs = [
    ['Active', 'Suspended'],
    ['Suspended', 'Canceled'],
  ];
  expect(changes.map(({ oldStatus, newStatus }) => [oldStatus, newStatus])).toEqual(pairs);
  const feed = await client.export('memberships/v2/tenant/{t}/export/membership-status-changes');
  expect(feed.data.map(({ membershipId, newStatus }) => [membershipId, newStatus])).toEqual([
    [id, 'Suspended'],
    [id, 'Canceled'],
  ]);
  expect((await client.call('GET', `${memberships}/9/status-changes`)).status).toBe(404);
});

it('hides deleted memberships from the list, not from the feed', async () => {
  const { customerMembershipId: id } = await sell();
  await client.json('PATCH', `${memberships}/${id}`, { status: 'Deleted' });
  expect(await client.ids(memberships)).toEqual([]);
  expect(await client.ids(`${memberships}?active=Any&status=Deleted`)).toEqual([id]);
  expect((await client.export('memberships/v2/tenant/{t}/export/memberships')).data).toMatchObject([
    { id, active: false },
  ]);
});

it('narrows memberships', async () => {
  await client.load('memberships', [
    { id: 1, customerId: 1, duration: 12, ...old },
    { id: 2, customerId: 2, duration: 6, billingFrequency: 'Monthly', status: 'Expired', ...old },
  ]);
  expect(await client.ids(`${memberships}?customerIds=2,3`)).toEqual([2]);
  expect(await client.ids(`${memberships}?duration=12`)).toEqual([1]);
  expect(await client.ids(`${memberships}?billingFrequency=Monthly&status=Expired`)).toEqual([2]);
  expect((await refused(client, 'GET', `${memberships}?status=Lapsed`)).fields).toEqual(['status']);
});

it('shows the parts of a type only when asked, and what it can be sold as with ids', async () => {
  expect((await client.list(types)).data[0]).toMatchObject({ name: 'Comfort Club', durationBilling: null });
  const whole = (await client.list(`${types}?includeDurationBilling=true`)).data[0];
  expect(whole).toMatchObject({ durationBilling: [{ duration: 12 }, { billingFrequency: 'Monthly' }] });
  const items = records.parse(
    JSON.parse((await client.call('GET', `${types}/521/duration-billing-items`)).text),
  );
  expect(items.map(({ id, salePrice }) => [id, salePrice])).toEqual([
    [521, 199],
    [523, 18],
  ]);
  expect((await refused(client, 'GET', `${types}?includeTags=perhaps`)).fields).toEqual(['includeTags']);
});
