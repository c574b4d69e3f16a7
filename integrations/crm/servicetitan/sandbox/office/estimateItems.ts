import { invalid, notFound } from '../api/ApiError.ts';
import { type EstimateItem, estimateItem, type EstimateRow } from '../rows/salesRows.ts';
import type { Desk } from './Desk.ts';
import { findSku } from './pricebook.ts';

export interface NewEstimateItem {
  readonly id?: number | null | undefined;
  readonly skuId?: number | null | undefined;
  readonly skuName?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly quantity?: number | null | undefined;
  readonly unitPrice?: number | null | undefined;
  readonly unitCost?: number | null | undefined;
  readonly itemGroupName?: string | null | undefined;
  readonly itemGroupRootId?: number | null | undefined;
  readonly chargeable?: boolean | null | undefined;
  readonly budgetCodeId?: number | null | undefined;
}

/** An item from what a request says of it, and for the rest from what it was before or what the pricebook has. */
function describeItem(
  { records, now }: Desk,
  item: NewEstimateItem,
  { id, known }: { id: number; known?: EstimateItem | undefined },
): EstimateItem {
  const sku = findSku(records, item.skuId);
  const name = item.skuName ?? sku?.name ?? known?.sku.name ?? '';
  const qty = item.quantity ?? known?.qty ?? 1;
  const unitRate = item.unitPrice ?? known?.unitRate ?? sku?.price ?? 0;
  const unitCost = item.unitCost ?? known?.unitCost ?? sku?.cost ?? 0;
  return estimateItem.parse({
    ...known,
    id,
    sku: {
      id: item.skuId ?? known?.sku.id ?? 0,
      name,
      displayName: sku?.displayName ?? name,
      type: sku?.type ?? known?.sku.type,
      soldHours: sku?.hours ?? known?.sku.soldHours,
      modifiedOn: sku?.modifiedOn ?? known?.sku.modifiedOn ?? now,
    },
    description: item.description ?? known?.description ?? sku?.description,
    qty,
    unitRate,
    total: qty * unitRate,
    unitCost,
    totalCost: qty * unitCost,
    itemGroupName: item.itemGroupName ?? known?.itemGroupName,
    itemGroupRootId: item.itemGroupRootId ?? known?.itemGroupRootId,
    chargeable: item.chargeable ?? known?.chargeable,
    budgetCodeId: item.budgetCodeId ?? known?.budgetCodeId,
    createdOn: known?.createdOn ?? now,
    modifiedOn: now,
  });
}

export function sumOf(items: readonly EstimateItem[]): number {
  return Number(items.reduce((sum, item) => sum + item.total, 0).toFixed(2));
}

/** All items of an estimate as a request lists them: those with a known id stay, changed; the others are new. */
export function describeItems(
  desk: Desk,
  items: readonly NewEstimateItem[],
  { estimateId, known }: { estimateId: number; known: readonly EstimateItem[] },
): EstimateItem[] {
  let lastId = Math.max(estimateId * 100, ...known.map((item) => item.id));
  return items.map((item, index) => {
    if (!item.id) return describeItem(desk, item, { id: (lastId += 1) });
    const before = known.find((row) => row.id === item.id);
    if (!before) throw invalid({ [`items[${index}].id`]: [`Item ${item.id} is not of this estimate.`] });
    return describeItem(desk, item, { id: item.id, known: before });
  });
}

/** The subtotal follows the items, but the estimate's modifiedOn does not move. */
function keepItems({ records }: Desk, estimate: EstimateRow, items: readonly EstimateItem[]): void {
  records.estimates.putQuietly({ ...estimate, items: [...items], subtotal: sumOf(items) });
}

/** Changes the item with the given id, or adds one. */
export function putItem(desk: Desk, estimate: EstimateRow, input: NewEstimateItem): EstimateItem {
  const known = estimate.items ?? [];
  const before = known.find((item) => item.id === input.id);
  if (input.id && !before) throw invalid({ id: [`Item ${input.id} is not of this estimate.`] });
  const id = before?.id ?? Math.max(estimate.id * 100, ...known.map((item) => item.id)) + 1;
  const item = describeItem(desk, input, { id, known: before });
  keepItems(desk, estimate, before ? known.map((row) => (row.id === id ? item : row)) : [...known, item]);
  return item;
}

export function removeItem(desk: Desk, estimate: EstimateRow, itemId: number): void {
  const known = estimate.items ?? [];
  if (!known.some((item) => item.id === itemId)) throw notFound('Estimate item', itemId);
  keepItems(
    desk,
    estimate,
    known.filter((item) => item.id !== itemId),
  );
}
