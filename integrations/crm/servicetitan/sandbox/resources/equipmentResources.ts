import {
  equipmentTypeRow,
  type InstalledEquipmentRow,
  installedEquipmentRow,
} from '../rows/equipmentRows.ts';
import { defineResource, type ShowContext, without } from './defineResource.ts';
import { idIn, textContains } from './filters.ts';
import { commonSorts } from './readList.ts';

/** What is installed as single replies show it: with custom fields and attachments. */
export function showOneEquipment(
  { tagTypeIds, ...row }: InstalledEquipmentRow,
  { records }: Pick<ShowContext, 'records'>,
): object {
  const tags = tagTypeIds.map((typeId) => {
    const type = records.tag_types.get(typeId);
    return {
      id: typeId,
      ownerId: row.id,
      typeId,
      typeName: type?.name ?? null,
      memo: null,
      color: type?.color ?? null,
      textColor: null,
      code: type?.code ?? null,
    };
  });
  return { ...row, tags };
}

const onlyInOne = new Set(['customFields', 'attachments']);

export const installedEquipment = defineResource({
  name: 'installed_equipment',
  noun: 'Installed equipment',
  scope: 'eqs.installedequipment',
  select: (records) => records.installed_equipment,
  schema: installedEquipmentRow.loose(),
  fill: (raw, records) => {
    const location = typeof raw['locationId'] === 'number' ? records.locations.get(raw['locationId']) : null;
    return location ? { customerId: location.customerId } : {};
  },
  listPath: 'equipmentsystems/v2/tenant/:tenant/installed-equipment',
  exportPaths: ['equipmentsystems/v2/tenant/:tenant/export/installed-equipment'],
  hasGet: true,
  show: (row, context) => without(showOneEquipment(row, context), onlyInOne),
  showOne: showOneEquipment,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: { ids: idIn((row) => row.id), locationIds: idIn((row) => row.locationId) },
});

export const equipmentTypes = defineResource({
  name: 'equipment_types',
  noun: 'Equipment type',
  scope: 'eqs.equipmenttypes',
  select: (records) => records.equipment_types,
  schema: equipmentTypeRow.loose(),
  listPath: 'equipmentsystems/v2/tenant/:tenant/equipment-types',
  hasGet: true,
  activeByDefault: 'True',
  sorts: { ...commonSorts, Name: (row) => row.name },
  filters: { ids: idIn((row) => row.id), name: textContains((row) => row.name) },
});
