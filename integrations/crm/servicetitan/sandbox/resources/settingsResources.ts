import { businessUnitRow, tagTypeRow } from '../rows/settingsRows.ts';
import { employeeRow, technicianRow } from '../rows/staffRows.ts';
import { defineResource } from './defineResource.ts';
import { showExternalData, whoseExternalData } from './externalDataFilters.ts';
import { idIn, textContains, textIs } from './filters.ts';
import { commonSorts } from './readList.ts';

export const businessUnits = defineResource({
  name: 'business_units',
  noun: 'Business unit',
  scope: 'stt.businessunits',
  select: (records) => records.business_units,
  schema: businessUnitRow.loose(),
  listPath: 'settings/v2/tenant/:tenant/business-units',
  exportPaths: ['settings/v2/tenant/:tenant/export/business-units'],
  hasGet: true,
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  activeByDefault: 'True',
  sorts: {},
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    ...whoseExternalData,
  },
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

/** A technician or employee that is loaded has the account of the same number, as generated ones have. */
function fillUser(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return typeof raw['id'] === 'number' ? { userId: userIdOf(raw['id']) } : {};
}

export function userIdOf(staffId: number): number {
  return staffId + 10_000;
}

export const technicians = defineResource({
  name: 'technicians',
  noun: 'Technician',
  scope: 'stt.technicians',
  select: (records) => records.technicians,
  schema: technicianRow.loose(),
  fill: fillUser,
  listPath: 'settings/v2/tenant/:tenant/technicians',
  exportPaths: ['settings/v2/tenant/:tenant/export/technicians'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: {},
  filters: {
    ids: idIn((row) => row.id),
    userIds: idIn((row) => row.userId),
    name: textContains((row) => row.name),
  },
});

export const employees = defineResource({
  name: 'employees',
  noun: 'Employee',
  scope: 'stt.employees',
  select: (records) => records.employees,
  schema: employeeRow.loose(),
  fill: fillUser,
  listPath: 'settings/v2/tenant/:tenant/employees',
  exportPaths: ['settings/v2/tenant/:tenant/export/employees'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: {},
  filters: {
    ids: idIn((row) => row.id),
    userIds: idIn((row) => row.userId),
    name: textContains((row) => row.name),
    email: textIs((row) => row.email),
  },
});
