import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { act, loadCustomer, newJob, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const accounting = 'accounting/v2/tenant/{t}';
const invoices = `${accounting}/invoices`;
const payments = `${accounting}/payments`;
const jobs = 'jpm/v2/tenant/{t}/jobs';
const customer = 'crm/v2/tenant/{t}/customers/1';

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-05-15T18:30:00Z'), freeze: true });
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

async function invoice(id: unknown) {
  const [found] = (await client.list(`${invoices}?ids=${String(id)}&activeState=All`)).data;
  return found;
}

/** A finished job and its bill. */
async function billed(total: number): Promise<number> {
  const { id, invoiceId } = await client.json('POST', jobs, {
    ...newJob,
    appointments: [{ ...newJob.appointments[0], technicianIds: [501] }],
  });
  const [known] = (await client.list(`${jobs}?ids=${id}`)).data;
  await client.load('jobs', [{ ...known, total }]);
  await act(client, 'PUT', `${jobs}/${id}/complete`, { completedOn: '2026-05-15T18:00:00Z' });
  return Number(invoiceId);
}

describe('invoices', () => {
  it('exist from the booking of their job, and tell its total once it is done', async () => {
    const job = await client.json('POST', jobs, newJob);
    expect(await invoice(job['invoiceId'])).toMatchObject({
      job: { id: job.id, type: 'HVAC Sales Estimate' },
      customer: { id: 1, name: 'Pat Placeholder' },
      customerAddress: { city: 'Irvine' },
      location: { name: 'Home' },
      total: '0.00',
      items: [],
    });
    const id = await billed(250.5);
    expect(await invoice(id)).toMatchObject({
      subTotal: '250.50',
      total: '250.50',
      balance: '250.50',
      paidOn: null,
      invoiceDate: '2026-05-15T00:00:00.0000000Z',
      items: [{ total: '250.50', quantity: '1.00' }],
    });
    expect(await client.json('GET', customer)).toMatchObject({ balance: 250.5 });
  });

  it('have no address of their own', async () => {
    expect((await client.call('GET', `${invoices}/${await billed(10)}`)).status).toBe(404);
  });

  it('are narrowed by state, status, balance, custom field and review', async () => {
    const [open, free] = [await billed(100), await billed(0)];
    await client.load('invoices', [
      { id: 5, total: '70', customer: { id: 1 }, active: false, syncStatus: 'Posted' },
    ]);
    await act(client, 'PATCH', `${invoices}/custom-fields`, {
      operations: [{ objectId: open, customFields: [{ name: 'Region', value: 'South' }] }],
    });
    await act(client, 'PATCH', `${invoices}/${free}`, { reviewStatus: 'OnHold', summary: 'Held' });
    const ids = async (query: string) => client.ids(`${invoices}?${query}`);
    expect(await ids('')).toEqual([open, free]);
    expect(await ids('activeState=InactiveOnly')).toEqual([5]);
    expect(await ids('activeState=All&statuses=Posted&statuses=Exported')).toEqual([5]);
    expect(await ids('balanceFilter.Balance=0&balanceFilter.Comparer=Greater')).toEqual([open]);
    expect(await ids('customField.Fields[Region]=South')).toEqual([open]);
    expect(await ids('customField.Fields[Region]=South&customField.Fields[A]=b')).toEqual([]);
    expect(
      await ids('customField.Fields[Region]=South&customField.Fields[A]=b&customField.Operator=Or'),
    ).toEqual([open]);
    expect(await ids('reviewStatuses=OnHold&reviewStatuses=Rejected')).toEqual([free]);
    expect(await ids('totalGreater=50&orderBy=Id&orderByDirection=desc')).toEqual([open]);
    expect((await refused(client, 'GET', `${invoices}?statuses=Lost`)).fields).toEqual(['statuses']);
  });

  it('follow their items, of which the feed shows those that were taken out, too', async () => {
    const id = await billed(100);
    await act(client, 'PATCH', `${invoices}/${id}/items`, {
      description: 'Filter',
      quantity: 2,
      unitPrice: 12.25,
    });
    expect(await invoice(id)).toMatchObject({ total: '124.50', balance: '124.50' });
    expect(await client.json('GET', customer)).toMatchObject({ balance: 124.5 });
    await act(client, 'DELETE', `${invoices}/${id}/items/${id * 100 + 1}`);
    expect(await invoice(id)).toMatchObject({ total: '24.50', items: [{ description: 'Filter' }] });
    const feed = await client.export(`${accounting}/export/invoice-items`);
    expect(feed.data.map(({ invoiceId, total, active }) => [invoiceId, total, active])).toEqual([
      [id, '100.00', false],
      [id, '24.50', true],
    ]);
    expect((await refused(client, 'PATCH', `${invoices}/${id}/items`, {})).fields).toEqual([
      'description',
      'quantity',
    ]);
    expect((await client.call('DELETE', `${invoices}/${id}/items/9`)).status).toBe(404);
  });

  it('are made only to adjust another one', async () => {
    const id = await billed(100);
    const answer = await client.call('POST', invoices, {
      adjustmentToId: id,
      items: [{ description: 'Goodwill', quantity: 1, unitPrice: -40 }],
    });
    expect(answer.status).toBe(200);
    expect(await invoice(answer.text)).toMatchObject({
      adjustmentToId: id,
      total: '-40.00',
      customer: { id: 1 },
    });
    expect(await client.ids(`${invoices}?adjustmentToId=${id}`)).toEqual([Number(answer.text)]);
    expect(await client.json('GET', customer)).toMatchObject({ balance: 60 });
    expect((await refused(client, 'POST', invoices, {})).fields).toEqual(['adjustmentToId']);
    expect((await refused(client, 'POST', invoices, { adjustmentToId: 9 })).fields).toEqual([
      'adjustmentToId',
    ]);
  });
});

describe('payments', () => {
  it('lower the balance, and date the invoice paid when nothing is left of it', async () => {
    const id = await billed(100);
    const part = await client.json('POST', payments, {
      typeId: 501,
      amount: 30,
      splits: [{ invoiceId: id, amount: 30 }],
    });
    expect(part).toMatchObject({ typeId: 501, customerId: 1, splits: [{ invoiceId: id, amount: 30 }] });
    expect(await invoice(id)).toMatchObject({ balance: '70.00', paidOn: null });
    await client.json('POST', payments, { typeId: 502, splits: [{ invoiceId: id }] });
    expect(await invoice(id)).toMatchObject({
      balance: '0.00',
      paidOn: expect.stringContaining('2026-05-15T18:30:00'),
    });
    expect(await client.json('GET', customer)).toMatchObject({ balance: 0 });
    const { data } = await client.list(`${payments}?appliedToInvoiceIds=${id}`);
    expect(data.map(({ total, type, typeId }) => [total, type, typeId])).toEqual([
      ['30.00', 'Cash', '501'],
      ['70.00', 'Check', '502'],
    ]);
  });

  it('give back what they covered when they are changed or taken out', async () => {
    const id = await billed(100);
    const { id: payment } = await client.json('POST', payments, { typeId: 501, splits: [{ invoiceId: id }] });
    await client.json('PATCH', `${payments}/${payment}`, {
      typeId: 501,
      splits: [{ invoiceId: id, amount: 25 }],
    });
    expect(await invoice(id)).toMatchObject({ balance: '75.00', paidOn: null });
    await client.json('PATCH', `${payments}/${payment}`, { typeId: 501, active: false, splits: [] });
    expect(await invoice(id)).toMatchObject({ balance: '100.00' });
    expect(await client.ids(payments)).toEqual([]);
    expect(await client.ids(`${payments}?activeState=All`)).toEqual([payment]);
  });

  it('are refused by the field that is wrong', async () => {
    const id = await billed(100);
    const fields = async (body: unknown) => (await refused(client, 'POST', payments, body)).fields;
    expect(await fields({})).toEqual(['typeId']);
    expect(await fields({ typeId: 9, customerId: 1 })).toEqual(['typeId']);
    expect(await fields({ typeId: 501 })).toEqual(['customerId']);
    expect(await fields({ typeId: 501, splits: [{ invoiceId: 9 }] })).toEqual(['splits[0].invoiceId']);
    expect(await fields({ typeId: 501, amount: 1, splits: [{ invoiceId: id, amount: 2 }] })).toEqual([
      'splits',
    ]);
    expect(await invoice(id)).toMatchObject({ balance: '100.00' });
  });

  it('change their status together, or not at all', async () => {
    const [first, second] = [
      await client.json('POST', payments, { typeId: 501, customerId: 1, amount: 5 }),
      await client.json('POST', payments, { typeId: 501, customerId: 1, amount: 6 }),
    ];
    const paymentIds = [first.id, second.id];
    expect(
      (await refused(client, 'POST', `${payments}/status`, { paymentIds: [first.id, 9], status: 'Posted' }))
        .fields,
    ).toEqual(['paymentIds']);
    expect(await client.ids(`${payments}?statuses=Posted`)).toEqual([]);
    await act(client, 'POST', `${payments}/status`, { paymentIds, status: 'Posted' });
    expect(await client.ids(`${payments}?statuses=Posted,Exported`)).toEqual(paymentIds);
    expect(await client.ids(`${payments}?transactionType=JournalEntry`)).toEqual([]);
  });
});
