import { estimateRow, suppressionRow, type EstimateRow } from '../rows/salesRows.ts';
import { businessUnitRow, tagTypeRow } from '../rows/settingsRows.ts';
import { defineResource } from './defineResource.ts';
import {
  before,
  idIn,
  integerIs,
  numberAbove,
  numberBelow,
  onOrAfter,
  textContains,
  textIs,
} from './filters.ts';
import { commonSorts } from './readList.ts';

const total = (row: EstimateRow): number => row.subtotal + row.tax;

/** The sum of the wire's items; what is no number counts as none and is refused by the schema later. */
function sumOfItems(items: unknown): number {
  const parsed = estimateRow.shape.items.safeParse(items);
  return parsed.success ? (parsed.data ?? []).reduce((sum, item) => sum + item.total, 0) : 0;
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

export const suppressions = defineResource({
  name: 'suppressions',
  noun: 'Suppression',
  scope: 'mar.suppressions',
  select: (records) => records.suppressions,
  schema: suppressionRow.loose(),
  listPath: 'marketing/v2/tenant/:tenant/suppressions',
  activeByDefault: 'True',
  sorts: { ...commonSorts, Email: (row) => row.email },
  filters: { ids: idIn((row) => row.id), email: textIs((row) => row.email) },
});

export const businessUnits = defineResource({
  name: 'business_units',
  noun: 'Business unit',
  scope: 'stt.businessunits',
  select: (records) => records.business_units,
  schema: businessUnitRow.loose(),
  listPath: 'settings/v2/tenant/:tenant/business-units',
  exportPaths: ['settings/v2/tenant/:tenant/export/business-units'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: {},
  filters: { ids: idIn((row) => row.id), name: textContains((row) => row.name) },
});

export const tagTypes = defineResource({
  name: 'tag_types',
  noun: 'Tag type',
  scope: 'stt.tagtypes',
  select: (records) => records.tag_types,
  schema: tagTypeRow.loose(),
  listPath: 'settings/v2/tenant/:tenant/tag-types',
  exportPaths: ['settings/v2/tenant/:tenant/export/tag-types'],
  activeByDefault: 'True',
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: {},
});
