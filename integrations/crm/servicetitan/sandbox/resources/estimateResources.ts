import {
  type EstimateItem,
  type EstimateRow,
  estimateRow,
  estimateStatusChangeRow,
} from '../rows/salesRows.ts';
import { defineResource } from './defineResource.ts';
import { before, idIn, integerIs, numberAbove, numberBelow, onOrAfter, textIs } from './filters.ts';
import { pageRows } from './pageRows.ts';
import { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';
import type { TenantRecords } from '../TenantRecords.ts';

const total = (row: EstimateRow): number => row.subtotal + row.tax;

/** The sum of the wire's items; what is no number counts as none and is refused by the schema later. */
function sumOfItems(items: unknown): number {
  const parsed = estimateRow.shape.items.safeParse(items);
  return parsed.success ? (parsed.data ?? []).reduce((sum, item) => sum + item.total, 0) : 0;
}

/** An estimate with the dates that loaded items may lack. */
export function showEstimate(row: EstimateRow): object {
  return {
    ...row,
    items: row.items?.map((item) => showEstimateItem(item, row)) ?? null,
    externalLinks: row.externalLinks?.map(({ name, url }) => ({ name: name ?? '', url: url ?? '' })) ?? null,
  };
}

export function showEstimateItem(item: EstimateItem, { createdOn, modifiedOn }: EstimateRow) {
  const changed = item.modifiedOn ?? modifiedOn;
  return {
    ...item,
    sku: { ...item.sku, modifiedOn: item.sku.modifiedOn ?? changed },
    createdOn: item.createdOn ?? createdOn,
    modifiedOn: changed,
  };
}

export const estimates = defineResource({
  name: 'estimates',
  noun: 'Estimate',
  scope: 'sal.estimates',
  select: (records) => records.estimates,
  schema: estimateRow.loose(),
  fill: (raw) => ({ subtotal: sumOfItems(raw['items']) }),
  listPath: 'sales/v2/tenant/:tenant/estimates',
  exportPaths: ['sales/v2/tenant/:tenant/export/estimates', 'sales/v2/tenant/:tenant/estimates/export'],
  hasGet: true,
  show: showEstimate,
  activeByDefault: 'True',
  hasOrderBy: true,
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    jobId: integerIs((row) => row.jobId),
    projectId: integerIs((row) => row.projectId),
    locationId: integerIs((row) => row.locationId),
    jobNumber: textIs((row) => row.jobNumber),
    totalGreater: numberAbove(total),
    totalLess: numberBelow(total),
    soldById: integerIs((row) => row.soldBy),
    soldByEmployeeId: integerIs((row) => row.soldBy),
    soldAfter: onOrAfter((row) => row.soldOn),
    soldBefore: before((row) => row.soldOn),
    status: textIs((row) => row.status?.name),
  },
});

export const estimateStatusChanges = defineResource({
  name: 'estimate_status_changes',
  noun: 'Status change',
  scope: 'sal.estimates',
  select: (records) => records.estimate_status_changes,
  schema: estimateStatusChangeRow.loose(),
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});

type ListedItem = ReturnType<typeof showEstimateItem>;

const itemSorts = {
  id: (item: ListedItem) => item.id,
  createdon: (item: ListedItem) => item.createdOn,
  modifiedon: (item: ListedItem) => item.modifiedOn,
} as const;

const itemFilters = {
  ids: idIn((item: ListedItem) => item.id),
  createdOnOrAfter: onOrAfter((item: ListedItem) => item.createdOn),
  createdBefore: before((item: ListedItem) => item.createdOn),
  modifiedOnOrAfter: onOrAfter((item: ListedItem) => item.modifiedOn),
  modifiedBefore: before((item: ListedItem) => item.modifiedOn),
} as const;

function readItemSort(reader: QueryReader) {
  const sort = reader.choice('sort', [
    '+Id',
    '-Id',
    '+CreatedOn',
    '-CreatedOn',
    '+ModifiedOn',
    '-ModifiedOn',
  ]);
  const member = sort?.slice(1).toLowerCase();
  const value = member === 'createdon' || member === 'modifiedon' ? itemSorts[member] : itemSorts.id;
  return { value, direction: sort?.startsWith('-') ? -1 : 1 };
}

/** The items of one estimate, or of all. An item that was taken out is gone: there are no inactive ones. */
export function listEstimateItems(records: TenantRecords, query: URLSearchParams) {
  const reader = new QueryReader(query);
  const estimateId = reader.integer('estimateId');
  const active = reader.choice('active', ['True', 'Any', 'False']) ?? 'True';
  const tests = Object.entries(itemFilters)
    .map(([name, filter]) => filter(reader, name, records))
    .filter((test) => test !== undefined);
  const { value, direction } = readItemSort(reader);
  reader.check();
  const one = records.estimates.get(estimateId);
  const rows =
    estimateId === undefined ? records.estimates.values() : [one].filter((row) => row !== undefined);
  const found = [...rows]
    .flatMap((row) =>
      row.active && active !== 'False' ? (row.items ?? []).map((item) => showEstimateItem(item, row)) : [],
    )
    .filter((item) => tests.every((test) => test(item)))
    .toSorted(
      (left, right) => direction * (value(left) < value(right) ? -1 : Number(value(left) > value(right))),
    );
  return pageRows(found, query);
}
