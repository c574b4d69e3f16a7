import { ApiError } from '../api/ApiError.ts';
import {
  type EstimateItem,
  type EstimateRow,
  estimateItem,
  estimateRow,
  estimateStatus,
} from '../rows/salesRows.ts';
import type { Desk } from './Desk.ts';

interface NewEstimateItem {
  readonly skuId?: number | undefined;
  readonly skuName?: string | undefined;
  readonly description?: string | undefined;
  readonly quantity?: number | undefined;
  readonly unitPrice?: number | undefined;
  readonly unitCost?: number | undefined;
}

export type NewEstimate = Partial<
  Omit<EstimateRow, 'id' | 'status' | 'items' | 'createdOn' | 'modifiedOn'>
> & {
  readonly items: readonly NewEstimateItem[];
};

/** An estimate on a job, project or location. The job names it, but its modifiedOn does not move. */
export function createEstimate({ records, now }: Desk, { items, ...input }: NewEstimate): EstimateRow {
  const id = records.estimates.nextId();
  const job = records.jobs.get(input.jobId);
  const location = records.locations.get(input.locationId ?? job?.locationId);
  const rows = items.map((item, index) => describeItem(item, { id: id * 100 + index + 1, now }));
  const estimate = records.estimates.put(
    estimateRow.parse({
      jobNumber: job?.jobNumber,
      projectId: job?.projectId,
      customerId: job?.customerId ?? location?.customerId,
      locationId: location?.id,
      businessUnitId: job?.businessUnitId,
      businessUnitName: records.business_units.get(job?.businessUnitId)?.name,
      ...input,
      id,
      items: rows,
      subtotal: rows.reduce((sum, item) => sum + item.total, 0),
      createdOn: now,
      modifiedOn: now,
    }),
  );
  if (job) records.jobs.putQuietly({ ...job, estimateIds: [...job.estimateIds, id] });
  return estimate;
}

function describeItem(item: NewEstimateItem, { id, now }: { id: number; now: string }): EstimateItem {
  const { quantity = 1, unitPrice = 0, unitCost = 0, skuName = '' } = item;
  return estimateItem.parse({
    id,
    sku: { id: item.skuId ?? 0, name: skuName, displayName: skuName, modifiedOn: now },
    description: item.description,
    qty: quantity,
    unitRate: unitPrice,
    total: quantity * unitPrice,
    unitCost,
    totalCost: quantity * unitCost,
    createdOn: now,
    modifiedOn: now,
  });
}

export function sellEstimate({ records, now }: Desk, estimate: EstimateRow, soldBy: number): EstimateRow {
  requireStatus(estimate, ['Open', 'Dismissed'], 'sold');
  return records.estimates.put({
    ...estimate,
    status: estimateStatus('Sold'),
    soldOn: now,
    soldBy,
    modifiedOn: now,
  });
}

/** Possible only while nothing was booked from the estimate. */
export function unsellEstimate({ records, now }: Desk, estimate: EstimateRow): EstimateRow {
  requireStatus(estimate, ['Sold'], 'unsold');
  const isBooked = records.jobs
    .values()
    .some((job) => job.createdFromEstimateId === estimate.id && job.active);
  if (isBooked) throw new ApiError(400, `Estimate ${estimate.id} has been booked and cannot be unsold.`);
  const status = estimateStatus('Open');
  return records.estimates.put({ ...estimate, status, soldOn: null, soldBy: null, modifiedOn: now });
}

export function dismissEstimate({ records, now }: Desk, estimate: EstimateRow): EstimateRow {
  requireStatus(estimate, ['Open'], 'dismissed');
  return records.estimates.put({ ...estimate, status: estimateStatus('Dismissed'), modifiedOn: now });
}

function requireStatus({ id, status, active }: EstimateRow, expected: readonly string[], verb: string): void {
  if (active && status && expected.includes(status.name)) return;
  throw new ApiError(
    400,
    `Estimate ${id} is ${active ? (status?.name ?? 'without a status') : 'deleted'} and cannot be ${verb}.`,
  );
}
