import { notFound } from '../api/ApiError.ts';
import { toAmount } from '../rows/amounts.ts';
import { type InvoiceItem, invoiceItem } from '../rows/invoiceItemRows.ts';
import { type InvoiceRow, invoiceRow } from '../rows/invoiceRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { chargeCustomer } from './customers.ts';
import type { Desk } from './Desk.ts';
import { linkItems, soldItems, workItem } from './invoiceItems.ts';

/** The id for a job's invoice: told from the job's, unless another invoice has it. */
export function invoiceIdFor({ invoices }: TenantRecords, jobId: number): number {
  const id = jobId + 500_000;
  return invoices.get(id) ? invoices.nextId() : id;
}

/** Invoices are dated by the day. */
export function midnight(moment: string): string {
  return `${moment.slice(0, 10)}T00:00:00.0000000Z`;
}

/** A job's invoice exists from the booking on. */
export function openInvoice({ records, now }: Desk, job: JobRow): InvoiceRow {
  const { customerId, locationId, businessUnitId, projectId } = job;
  return records.invoices.put(
    invoiceRow.parse({
      id: job.invoiceId,
      referenceNumber: job.jobNumber,
      invoiceDate: midnight(now),
      dueDate: midnight(now),
      customerId,
      locationId,
      businessUnitId,
      jobId: job.id,
      ...(projectId && { projectId }),
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

function invoiceOf(desk: Desk, job: JobRow): InvoiceRow {
  return desk.records.invoices.get(job.invoiceId) ?? openInvoice(desk, job);
}

/** Writes the bill of a job that is done: what was sold where that makes up its total, else the work as a whole. */
export function billInvoice(desk: Desk, job: JobRow): InvoiceRow {
  const invoice = invoiceOf(desk, job);
  const total = job.total ?? 0;
  const invoiceDate = midnight(desk.now);
  const dates = { invoiceDate, dueDate: invoiceDate };
  if (Number(invoice.subTotal) === total) return restate(desk, invoice, { ...dates, modifiedOn: desk.now });
  const sold = soldItems(desk, invoice, desk.records.estimates.get(job.createdFromEstimateId));
  const isAsSold = sold.reduce((sum, item) => sum + Number(item.total), 0) === total;
  const items = isAsSold ? sold : [workItem(desk, invoice, { total, name: job.summary ?? 'Work as agreed' })];
  return restate(desk, invoice, { ...dates, items });
}

/**
 * Puts what was sold on the spot on the bill of that very job, in place of what stood there: the estimate's items name
 * those of the invoice, and the job's total follows.
 */
export function invoiceSale(desk: Desk, job: JobRow, estimate: EstimateRow): EstimateRow {
  const invoice = invoiceOf(desk, job);
  const sold = soldItems(desk, invoice, estimate);
  const before = (invoice.items ?? []).map((item) => Object.assign({}, item, { active: false }));
  const { subTotal } = restate(desk, invoice, { items: [...before, ...sold] });
  desk.records.jobs.putQuietly({ ...job, total: Number(subTotal) });
  return desk.records.estimates.put({ ...linkItems(estimate, sold), modifiedOn: desk.now });
}

/** Keeps an invoice with what follows from its items: totals, what is left to pay, and what the customer owes. */
export function restate(desk: Desk, invoice: InvoiceRow, changes: Partial<InvoiceRow>): InvoiceRow {
  const changed = { ...invoice, ...changes };
  const paid = Number(invoice.total) - Number(invoice.balance);
  const listed = changed.items?.filter((item) => item.active) ?? [];
  const sum = listed.reduce((total, item) => total + Number(item.total), 0);
  const subTotal = changes.items ? sum : Number(changed.subTotal);
  const total = subTotal + Number(changed.salesTax);
  return settle(desk, invoice, {
    ...changed,
    subTotal: toAmount(subTotal),
    total: toAmount(total),
    balance: toAmount(total - paid),
  });
}

/** Adds to what is left to pay of an invoice, or takes from it. */
export function addToBalance(desk: Desk, invoice: InvoiceRow, amount: number): InvoiceRow {
  return settle(desk, invoice, { ...invoice, balance: toAmount(Number(invoice.balance) + amount) });
}

function settle(desk: Desk, before: InvoiceRow, after: InvoiceRow): InvoiceRow {
  const isPaid = Number(after.balance) <= 0 && Number(after.total) > 0;
  const owed = Number(after.balance) - Number(before.balance);
  if (owed !== 0 && after.customerId) chargeCustomer(desk, after.customerId, owed);
  const paidOn = isPaid ? (before.paidOn ?? desk.now) : null;
  return desk.records.invoices.put({ ...after, paidOn, modifiedOn: desk.now });
}

function requireItem({ items }: InvoiceRow, itemId: number): InvoiceItem {
  const item = items?.find((row) => row.id === itemId && row.active);
  if (!item) throw notFound('Invoice item', itemId);
  return item;
}

/** An item that is taken out stays in the feed of items, inactive. */
export function removeInvoiceItem(desk: Desk, invoice: InvoiceRow, itemId: number): void {
  const removed = requireItem(invoice, itemId);
  const items = (invoice.items ?? []).map((item) =>
    item.id === removed.id ? invoiceItem.parse({ ...item, active: false, modifiedOn: desk.now }) : item,
  );
  restate(desk, invoice, { items });
}

/** An invoice that corrects another one: for the same customer, place and job. */
export function createAdjustment(
  desk: Desk,
  adjusted: InvoiceRow,
  changes: (invoice: InvoiceRow) => Partial<InvoiceRow>,
): InvoiceRow {
  const { records, now } = desk;
  const id = records.invoices.nextId();
  const { customerId, locationId, businessUnitId, jobId, projectId, invoiceConfiguration } = adjusted;
  const empty = invoiceRow.parse({
    id,
    referenceNumber: String(id),
    invoiceDate: midnight(now),
    dueDate: midnight(now),
    adjustmentToId: adjusted.id,
    customerId,
    locationId,
    businessUnitId,
    jobId,
    projectId,
    invoiceConfiguration,
    createdOn: now,
    modifiedOn: now,
  });
  return restate(desk, empty, changes(empty));
}
