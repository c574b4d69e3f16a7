import {
  equipmentRow,
  materialRow,
  pricebookCategoryRow,
  type ServiceRow,
  serviceRow,
} from '../rows/pricebookRows.ts';
import { defineResource, type ShowContext } from './defineResource.ts';
import { externalDataSearch, showExternalData } from './externalDataFilters.ts';
import { idIn } from './filters.ts';
import { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';

/** A service as its feed and the replies to changes show it: without the prices that are worked out on request. */
export function showStoredService(row: ServiceRow, context: Pick<ShowContext, 'query'>): object {
  return { ...row, externalData: showExternalData(row.externalData, context) };
}

/** No pricing rules are kept here, so what is worked out is the price itself. */
function showService(row: ServiceRow, context: ShowContext): object {
  const reader = new QueryReader(context.query);
  const isCalculated = reader.flag('calculatePrices') ?? false;
  reader.check();
  const prices = {
    calculatedPrice: isCalculated ? row.price : null,
    useStaticPrices: isCalculated ? true : null,
  };
  return { ...showStoredService(row, context), ...prices };
}

/** What services may be sorted by though they have none of it: all are equal then. */
const absentSorts = {
  MaterialsCost: () => 0,
  PrimaryVendor: () => 0,
  Manufacturer: () => 0,
  Priority: () => 0,
};

export const pricebookServices = defineResource({
  name: 'pricebook_services',
  aliases: ['services'],
  noun: 'Service',
  scope: 'pb.services',
  select: (records) => records.pricebook_services,
  schema: serviceRow.loose(),
  listPath: 'pricebook/v2/tenant/:tenant/services',
  exportPaths: ['pricebook/v2/tenant/:tenant/export/services'],
  hasGet: true,
  show: showService,
  showInExport: showStoredService,
  activeByDefault: 'True',
  sorts: {
    ...commonSorts,
    Code: (row) => row.code,
    DisplayName: (row) => row.displayName ?? '',
    Price: (row) => row.price,
    MemberPrice: (row) => row.memberPrice,
    AddOnPrice: (row) => row.addOnPrice,
    AddOnMemberPrice: (row) => row.addOnMemberPrice,
    Cost: (row) => row.cost,
    ...absentSorts,
  },
  filters: {
    ids: idIn((row) => row.id),
    ...externalDataSearch,
    calculatePrices: (reader, name) => {
      reader.flag(name);
      return undefined;
    },
    searchText: (reader, name) => {
      const text = reader.text(name)?.toLowerCase();
      if (text === undefined) return undefined;
      return (row) =>
        [row.code, row.displayName, row.description].some((member) => member?.toLowerCase().includes(text));
    },
  },
});

export const pricebookMaterials = defineResource({
  name: 'pricebook_materials',
  aliases: ['materials'],
  noun: 'Material',
  scope: 'pb.materials',
  select: (records) => records.pricebook_materials,
  schema: materialRow.loose(),
  exportPaths: ['pricebook/v2/tenant/:tenant/export/materials'],
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {},
});

export const pricebookEquipment = defineResource({
  name: 'pricebook_equipment',
  noun: 'Equipment',
  scope: 'pb.equipment',
  select: (records) => records.pricebook_equipment,
  schema: equipmentRow.loose(),
  exportPaths: ['pricebook/v2/tenant/:tenant/export/equipment'],
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {},
});

export const pricebookCategories = defineResource({
  name: 'pricebook_categories',
  noun: 'Category',
  scope: 'pb.categories',
  select: (records) => records.pricebook_categories,
  schema: pricebookCategoryRow.loose(),
  exportPaths: ['pricebook/v2/tenant/:tenant/export/categories'],
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {},
});
