import type { Desk } from '../office/Desk.ts';
import { withItem } from '../office/invoiceItems.ts';
import { toAmount } from '../rows/amounts.ts';
import type { InvoiceRow } from '../rows/invoiceRows.ts';
import { givenMembers } from './givenMembers.ts';
import type { InvoiceMembers } from './invoiceBodies.ts';

function royaltyOf(invoice: InvoiceRow, body: InvoiceMembers): Partial<InvoiceRow> {
  const { royaltyStatus, royaltyDate, royaltySentOn, royaltyMemo } = body;
  const sent = givenMembers({
    status: royaltyStatus,
    date: royaltyDate,
    sentOn: royaltySentOn,
    memo: royaltyMemo,
  });
  if (Object.keys(sent).length === 0) return {};
  const unset = { status: null, date: null, sentOn: null, memo: null };
  return { royalty: Object.assign({}, unset, invoice.royalty, sent) };
}

/** What a request changes of an invoice, in the words of the row: they differ from those of the body. */
export function invoiceChanges(desk: Desk, invoice: InvoiceRow, body: InvoiceMembers): Partial<InvoiceRow> {
  const { number, typeId, assignedToId, items } = body;
  const { invoicedOn, subtotal, tax, taxZoneId, summary, exportId, reviewStatus, budgetCodeId, dueDate } =
    body;
  const changed = { ...invoice };
  for (const item of items ?? []) changed.items = withItem(desk, changed, item);
  return {
    ...givenMembers({
      referenceNumber: number,
      invoiceDate: invoicedOn,
      dueDate,
      taxZoneId,
      summary,
      exportId,
      reviewStatus,
      budgetCodeId,
    }),
    ...royaltyOf(invoice, body),
    ...(typeId && { invoiceType: { id: typeId, name: null } }),
    ...(assignedToId && {
      assignedTo: { id: assignedToId, name: desk.records.employees.get(assignedToId)?.name ?? null },
    }),
    ...(typeof subtotal === 'number' && { subTotal: toAmount(subtotal) }),
    ...(typeof tax === 'number' && { salesTax: toAmount(tax) }),
    ...(items && { items: changed.items }),
  };
}
