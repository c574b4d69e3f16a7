import type { Calls } from '#integrations/crm/servicetitan/operations/calls.ts';
import { find, job, technician, type WriteSamples } from './WriteWorld.ts';

async function estimate(calls: Calls) {
  const [{ id: jobId }, service] = [await job(calls), await find(calls.listServices())];
  return await calls.createEstimate({
    body: {
      jobId,
      name: 'Sample estimate',
      summary: 'The better option',
      tax: 1.25,
      isRecommended: true,
      items: [
        { skuId: service.id, description: 'A new heat pump', quantity: 2, unitPrice: 4999.99 },
        { skuName: service.code, description: 'Its installation', quantity: 1, unitPrice: 0 },
      ],
      externalLinks: [{ name: 'Brochure', url: 'https://example.com/brochure' }],
    },
  });
}

async function invoice(calls: Calls) {
  return await find(
    calls.listInvoices(),
    ({ items, customer }) => (items?.length ?? 0) > 0 && customer !== null,
  );
}

async function payment(calls: Calls) {
  const [type, { id: invoiceId, customer }] = [await find(calls.listPaymentTypes()), await invoice(calls)];
  const saved = await calls.createPayment({
    body: {
      typeId: type.id,
      customerId: customer?.id,
      amount: 10.5,
      memo: 'Deposit',
      paidOn: '2035-01-01T00:00:00Z',
      splits: [{ invoiceId, amount: 10.5 }],
    },
  });
  return { saved, typeId: type.id, invoiceId };
}

export const moneyWrites = {
  createEstimate: async (calls) => {
    const location = await find(calls.listLocations(), ({ active }) => active);
    await calls.createEstimate({ body: { locationId: location.id } });
    return await estimate(calls);
  },
  updateEstimate: async (calls) => {
    const { id } = await estimate(calls);
    return await calls.updateEstimate({
      id,
      body: { name: 'Changed estimate', reviewStatus: 'Approved', tax: 2 },
    });
  },
  sellEstimate: async (calls) => {
    const [{ id }, { id: soldBy }] = [await estimate(calls), await technician(calls)];
    return await calls.sellEstimate({ id, body: { soldBy } });
  },
  unsellEstimate: async (calls) => {
    const [{ id }, { id: soldBy }] = [await estimate(calls), await technician(calls)];
    await calls.sellEstimate({ id, body: { soldBy } });
    await calls.unsellEstimate({ id });
  },
  dismissEstimate: async (calls) => {
    const { id } = await estimate(calls);
    await calls.dismissEstimate({ id });
  },
  putEstimateItem: async (calls) => {
    const [{ id, items }, service] = [await estimate(calls), await find(calls.listServices())];
    await calls.putEstimateItem({
      id,
      body: { id: items?.[0]?.id, description: 'Changed item', quantity: 3 },
    });
    return await calls.putEstimateItem({
      id,
      body: { skuId: service.id, description: 'Another', quantity: 1, unitPrice: 99.5 },
    });
  },
  deleteEstimateItem: async (calls) => {
    const { id, items } = await estimate(calls);
    await calls.deleteEstimateItem({ id, itemId: items?.[0]?.id ?? 0 });
  },
  createAdjustmentInvoice: async (calls) => {
    const { id } = await invoice(calls);
    await calls.createAdjustmentInvoice({ body: { adjustmentToId: id } });
    return await calls.createAdjustmentInvoice({
      body: {
        adjustmentToId: id,
        summary: 'Goodwill',
        items: [{ description: 'Refund', quantity: 1, unitPrice: -25 }],
      },
    });
  },
  updateInvoice: async (calls) => {
    const { id } = await invoice(calls);
    await calls.updateInvoice({
      id,
      body: { summary: 'Changed', dueDate: '2035-02-28', reviewStatus: 'Reviewed' },
    });
  },
  updateInvoiceItems: async (calls) => {
    const [{ id: invoiceId }, service] = [await invoice(calls), await find(calls.listServices())];
    await calls.updateInvoiceItems({
      invoiceId,
      body: { skuId: service.id, description: 'Extra filter', quantity: 1, unitPrice: 20 },
    });
  },
  deleteInvoiceItem: async (calls) => {
    const { id: invoiceId, items } = await invoice(calls);
    await calls.deleteInvoiceItem({ invoiceId, itemId: items?.[0]?.id ?? 0 });
  },
  updateInvoiceCustomFields: async (calls) => {
    const { id } = await invoice(calls);
    await calls.updateInvoiceCustomFields({
      body: {
        operations: [
          {
            objectId: id,
            customFields: [
              { name: 'Region', value: 'South' },
              { name: 'Nothing', value: null },
            ],
          },
        ],
      },
    });
  },
  createPayment: payment,
  updatePayment: async (calls) => {
    const { saved, typeId, invoiceId } = await payment(calls);
    return await calls.updatePayment({
      id: saved.id,
      body: { typeId, memo: 'Changed', splits: [{ invoiceId, amount: 5 }] },
    });
  },
  updatePaymentStatuses: async (calls) => {
    const { saved } = await payment(calls);
    await calls.updatePaymentStatuses({ body: { paymentIds: [saved.id], status: 'Posted' } });
  },
} as const satisfies Partial<WriteSamples>;
