import { invalid } from '../api/ApiError.ts';
import { toAmount } from '../rows/amounts.ts';
import { type InvoiceItem, invoiceItem } from '../rows/invoiceItemRows.ts';
import { type InvoiceRow } from '../rows/invoiceRows.ts';
import type { EstimateItem, EstimateRow } from '../rows/salesRows.ts';
import type { Desk } from './Desk.ts';
import { findSku } from './pricebook.ts';

export interface NewInvoiceItem {
  readonly id?: number | null | undefined;
  readonly skuId?: number | null | undefined;
  readonly skuName?: string | null | undefined;
  readonly description: string;
  readonly quantity: number;
  readonly unitPrice?: number | null | undefined;
  readonly cost?: number | null | undefined;
  readonly isAddOn?: boolean | null | undefined;
  readonly technicianId?: number | null | undefined;
  readonly inventoryLocationId?: number | null | undefined;
  readonly budgetCodeId?: number | null | undefined;
  readonly itemGroupName?: string | null | undefined;
  readonly itemGroupRootId?: number | null | undefined;
}

function firstItemId(invoice: InvoiceRow): number {
  return Math.max(invoice.id * 100, ...(invoice.items ?? []).map((item) => item.id)) + 1;
}

function money(quantity: number, price: number, cost: number) {
  return {
    quantity: toAmount(quantity),
    price: toAmount(price),
    total: toAmount(quantity * price),
    cost: toAmount(cost),
    totalCost: toAmount(quantity * cost),
  };
}

/** One item for the whole of some work. */
export function workItem(
  { now }: Desk,
  invoice: InvoiceRow,
  { total, name }: { total: number; name: string },
): InvoiceItem {
  const names = { skuName: name, displayName: name, description: name };
  const dates = { createdOn: now, modifiedOn: now };
  return invoiceItem.parse({ id: firstItemId(invoice), ...names, ...money(1, total, 0), ...dates });
}

function soldItem(item: EstimateItem, { id, now }: { id: number; now: string }): InvoiceItem {
  const { sku, description, qty, unitRate, unitCost } = item;
  return invoiceItem.parse({
    id,
    description,
    type: sku.type,
    skuId: sku.id,
    skuName: sku.name,
    displayName: sku.displayName,
    ...money(qty, unitRate, unitCost),
    membershipTypeId: item.membershipTypeId ?? 0,
    estimateItemId: item.id,
    createdOn: now,
    modifiedOn: now,
  });
}

/** The items of an estimate as those of an invoice, which say where they come from. */
export function soldItems(
  { now }: Desk,
  invoice: InvoiceRow,
  estimate: EstimateRow | undefined,
): InvoiceItem[] {
  const first = firstItemId(invoice);
  return (estimate?.items ?? []).map((item, index) => soldItem(item, { id: first + index, now }));
}

/** The invoice's items with one changed, if it has an id, or added. */
export function withItem(desk: Desk, invoice: InvoiceRow, input: NewInvoiceItem): InvoiceItem[] {
  const items = invoice.items ?? [];
  const before = items.find((item) => item.id === input.id && item.active);
  if (input.id && !before) throw invalid({ id: [`Item ${input.id} is not of this invoice.`] });
  const sku = findSku(desk.records, input.skuId);
  const name = input.skuName ?? sku?.name ?? before?.skuName ?? '';
  const price = input.unitPrice ?? (before ? Number(before.price) : (sku?.price ?? 0));
  const cost = input.cost ?? (before ? Number(before.cost) : (sku?.cost ?? 0));
  const groupId = input.itemGroupRootId ?? before?.itemGroup?.rootId;
  const item = invoiceItem.parse({
    ...before,
    id: before?.id ?? firstItemId(invoice),
    description: input.description,
    type: sku?.type ?? before?.type,
    skuId: input.skuId ?? before?.skuId,
    skuName: name,
    displayName: sku?.displayName ?? name,
    ...money(input.quantity, price, cost),
    addOn: input.isAddOn ?? before?.addOn,
    technicianId: input.technicianId ?? before?.technicianId,
    inventoryLocationId: input.inventoryLocationId ?? before?.inventoryLocationId,
    budgetCodeId: input.budgetCodeId ?? before?.budgetCodeId,
    ...(groupId && { itemGroup: { rootId: groupId, name: input.itemGroupName ?? before?.itemGroup?.name } }),
    createdOn: before?.createdOn ?? desk.now,
    modifiedOn: desk.now,
  });
  return before ? items.map((row) => (row.id === item.id ? item : row)) : [...items, item];
}

/** Invoices what was sold on the spot: the items go on that job's invoice, and the estimate's say so. */
export function linkItems(estimate: EstimateRow, items: readonly InvoiceItem[]): EstimateRow {
  const invoiced = new Map(items.map(({ estimateItemId, id }) => [estimateItemId, id]));
  return {
    ...estimate,
    items: (estimate.items ?? []).map((item) =>
      Object.assign({}, item, { invoiceItemId: invoiced.get(item.id) ?? null }),
    ),
  };
}
