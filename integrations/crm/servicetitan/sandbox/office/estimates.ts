import { ApiError } from '../api/ApiError.ts';
import { type EstimateRow, estimateRow, estimateStatus, estimateStatusChangeRow } from '../rows/salesRows.ts';
import type { Desk } from './Desk.ts';
import { describeItems, type NewEstimateItem, sumOf } from './estimateItems.ts';

export type NewEstimate = Partial<
  Omit<EstimateRow, 'id' | 'status' | 'items' | 'createdOn' | 'modifiedOn'>
> & {
  readonly items: readonly NewEstimateItem[];
};

/** An estimate on a job, project or location. The job names it, but its modifiedOn does not move. */
export function createEstimate(desk: Desk, { items, ...input }: NewEstimate): EstimateRow {
  const { records, now } = desk;
  const id = records.estimates.nextId();
  const job = records.jobs.get(input.jobId);
  const location = records.locations.get(input.locationId ?? job?.locationId);
  const rows = describeItems(desk, items, { estimateId: id, known: [] });
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
      subtotal: sumOf(rows),
      createdOn: now,
      modifiedOn: now,
    }),
  );
  if (job) records.jobs.putQuietly({ ...job, estimateIds: [...job.estimateIds, id] });
  return estimate;
}

export function sellEstimate(desk: Desk, estimate: EstimateRow, soldBy: number): EstimateRow {
  requireStatus(estimate, ['Open', 'Dismissed'], 'sold');
  const { records, now } = desk;
  if (records.switches.siblingsAfterSale === 'dismissed') dismissSiblings(desk, estimate);
  return putStatus(desk, estimate, { status: 'Sold', sale: { soldOn: now, soldBy } });
}

/** Changes the status, and keeps on record that it did. */
function putStatus(
  { records, now }: Desk,
  estimate: EstimateRow,
  { status, sale }: { status: string; sale?: Pick<EstimateRow, 'soldOn' | 'soldBy'> },
): EstimateRow {
  records.estimate_status_changes.put(
    estimateStatusChangeRow.parse({
      id: records.estimate_status_changes.nextId(),
      estimateId: estimate.id,
      oldStatus: estimate.status?.name,
      newStatus: status,
      createdOn: now,
    }),
  );
  return records.estimates.put({ ...estimate, ...sale, status: estimateStatus(status), modifiedOn: now });
}

function dismissSiblings(desk: Desk, { id, jobId, customerId }: EstimateRow): void {
  if (!jobId || !customerId) return;
  const siblings = desk.records.estimates
    .ownedBy(customerId)
    .filter((row) => row.jobId === jobId && row.id !== id && row.active && row.status?.name === 'Open');
  for (const sibling of siblings) dismissEstimate(desk, sibling);
}

/** Possible only while nothing was booked from the estimate. */
export function unsellEstimate(desk: Desk, estimate: EstimateRow): EstimateRow {
  requireStatus(estimate, ['Sold'], 'unsold');
  const { records } = desk;
  const jobs = estimate.customerId ? records.jobs.ownedBy(estimate.customerId) : records.jobs.values();
  const isBooked = [...jobs].some((job) => job.createdFromEstimateId === estimate.id && job.active);
  if (isBooked) throw new ApiError(400, `Estimate ${estimate.id} has been booked and cannot be unsold.`);
  const { soldOn, soldBy } = estimate;
  const isKept = records.switches.soldOnAfterUnsell === 'kept';
  const sale = isKept ? { soldOn, soldBy } : { soldOn: null, soldBy: null };
  return putStatus(desk, estimate, { status: 'Open', sale });
}

export function dismissEstimate(desk: Desk, estimate: EstimateRow): EstimateRow {
  requireStatus(estimate, ['Open'], 'dismissed');
  return putStatus(desk, estimate, { status: 'Dismissed' });
}

export type EstimateChanges = Partial<
  Pick<
    EstimateRow,
    'name' | 'summary' | 'tax' | 'reviewStatus' | 'isRecommended' | 'budgetCodeId' | 'externalLinks'
  >
> & {
  readonly items?: readonly NewEstimateItem[];
};

export function changeEstimate(desk: Desk, estimate: EstimateRow, changes: EstimateChanges): EstimateRow {
  const { items, ...members } = changes;
  const rows = items && describeItems(desk, items, { estimateId: estimate.id, known: estimate.items ?? [] });
  const counted = rows ? { items: rows, subtotal: sumOf(rows) } : {};
  return desk.records.estimates.put({ ...estimate, ...members, ...counted, modifiedOn: desk.now });
}

/** Brings an estimate to the status that a request names; one that it has already is no change. */
export function bringToStatus(
  desk: Desk,
  estimate: EstimateRow,
  { status, soldBy }: { status: string | null | undefined; soldBy: number },
): EstimateRow {
  if (!status || status === estimate.status?.name) return estimate;
  if (status === 'Sold') return sellEstimate(desk, estimate, soldBy);
  const open = estimate.status?.name === 'Sold' ? unsellEstimate(desk, estimate) : estimate;
  if (status === 'Dismissed') return dismissEstimate(desk, open);
  return open.status?.name === 'Open' ? open : putStatus(desk, open, { status: 'Open' });
}

function requireStatus({ id, status, active }: EstimateRow, expected: readonly string[], verb: string): void {
  if (active && status && expected.includes(status.name)) return;
  throw new ApiError(
    400,
    `Estimate ${id} is ${active ? (status?.name ?? 'without a status') : 'deleted'} and cannot be ${verb}.`,
  );
}
