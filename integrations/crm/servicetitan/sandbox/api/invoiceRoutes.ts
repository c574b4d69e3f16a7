import { requireRow } from '../office/Desk.ts';
import { withItem } from '../office/invoiceItems.ts';
import { createAdjustment, removeInvoiceItem, restate } from '../office/invoices.ts';
import { showInvoiceItem } from '../resources/invoiceResource.ts';
import { readExport } from '../resources/readExport.ts';
import type { InvoiceRow } from '../rows/invoiceRows.ts';
import { invalid } from './ApiError.ts';
import { checkLinks } from './checkLinks.ts';
import { adjustmentBody, customFieldsBody, invoiceChangesBody, invoiceItemBody } from './invoiceBodies.ts';
import { invoiceChanges } from './invoiceChanges.ts';
import { type Call, pathId, readBody, type Route } from './route.ts';

const path = 'accounting/v2/tenant/:tenant/invoices';
const scope = 'acc.invoices';

function invoiceOf(call: Call, name = 'id'): InvoiceRow {
  return requireRow(call.desk.records.invoices, 'Invoice', pathId(call, name));
}

function setCustomFields(
  invoice: InvoiceRow,
  fields: readonly { name: string; value?: string | null | undefined }[],
): Partial<InvoiceRow> {
  const known = new Map((invoice.customFields ?? []).map(({ name, value }) => [name ?? '', value ?? null]));
  for (const { name, value } of fields) known.set(name, value ?? null);
  return { customFields: [...known].map(([name, value]) => ({ name, value })) };
}

/** The feed of items is the feed of invoices, item by item: all items of an invoice come again when it changes. */
function exportItems({ desk, query }: Call) {
  const { records } = desk;
  const visibleUntil = records.visibleUntil();
  const identity = { epoch: records.epoch, feed: 'invoice_items' };
  const feed = readExport(identity, records.invoices, { query, takesActive: false, visibleUntil });
  const data = feed.data.flatMap((invoice) =>
    (invoice.items ?? []).map((item) => ({
      ...showInvoiceItem(item),
      active: invoice.active && item.active,
      invoiceId: invoice.id,
    })),
  );
  return { ...feed, data };
}

export const invoiceRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { desk } = call;
      const { adjustmentToId, ...body } = readBody(call, adjustmentBody);
      checkLinks(desk.records, { adjustmentToId });
      const adjusted = desk.records.invoices.get(adjustmentToId);
      if (!adjusted) throw invalid({ adjustmentToId: ['The adjusted invoice is required.'] });
      return createAdjustment(desk, adjusted, (invoice) => invoiceChanges(desk, invoice, body)).id;
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { desk } = call;
      const invoice = invoiceOf(call);
      const { payments, ...body } = readBody(call, invoiceChangesBody);
      const missing = payments?.find((payment) => !desk.records.payments.get(payment.id));
      if (missing) throw invalid({ payments: [`Payment ${missing.id} was not found.`] });
      restate(desk, invoice, invoiceChanges(desk, invoice, body));
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:invoiceId/items`,
    scope,
    handle: (call) => {
      const invoice = invoiceOf(call, 'invoiceId');
      const items = withItem(call.desk, invoice, readBody(call, invoiceItemBody));
      restate(call.desk, invoice, { items });
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:invoiceId/items/:itemId`,
    scope,
    handle: (call) => removeInvoiceItem(call.desk, invoiceOf(call, 'invoiceId'), pathId(call, 'itemId')),
  },
  {
    method: 'PATCH',
    path: `${path}/custom-fields`,
    scope,
    handle: (call) => {
      const { operations } = readBody(call, customFieldsBody);
      const { records, now } = call.desk;
      const found = operations.map(({ objectId, customFields }, index) => {
        const invoice = records.invoices.get(objectId);
        if (!invoice)
          throw invalid({ [`operations[${index}].objectId`]: [`Invoice ${objectId} was not found.`] });
        return { invoice, customFields };
      });
      for (const { invoice, customFields } of found) {
        const changes = setCustomFields(records.invoices.get(invoice.id) ?? invoice, customFields);
        records.invoices.put({ ...invoice, ...changes, modifiedOn: now });
      }
    },
  },
  {
    method: 'GET',
    path: 'accounting/v2/tenant/:tenant/export/invoice-items',
    scope,
    handle: exportItems,
  },
];
