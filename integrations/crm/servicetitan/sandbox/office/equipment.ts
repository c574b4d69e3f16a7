import type { LocationRow } from '../rows/crmRows.ts';
import { type InstalledEquipmentRow, installedEquipmentRow } from '../rows/equipmentRows.ts';
import type { Desk } from './Desk.ts';

interface CustomFieldInput {
  readonly id?: number | null | undefined;
  readonly typeId?: number | null | undefined;
  readonly value?: string | null | undefined;
}

/** What a request says of a piece of equipment; what it leaves out stays as it is. */
export interface EquipmentInput {
  readonly equipmentTypeId?: number | null | undefined;
  readonly customFields?: readonly CustomFieldInput[] | null | undefined;
  readonly [member: string]: unknown;
}

function setCustomFields(
  known: InstalledEquipmentRow['customFields'],
  fields: readonly CustomFieldInput[],
): InstalledEquipmentRow['customFields'] {
  const byType = new Map((known ?? []).map((field) => [field.typeId, field]));
  for (const { id, typeId, value } of fields) {
    const type = typeId ?? id ?? 0;
    const before = byType.get(type);
    byType.set(type, {
      id: id ?? before?.id ?? type,
      typeId: type,
      name: before?.name ?? null,
      value: value ?? null,
    });
  }
  return [...byType.values()];
}

const clearable = [
  'installedOn',
  'barcodeId',
  'actualReplacementDate',
  'manufacturerWarrantyStart',
  'manufacturerWarrantyEnd',
  'serviceProviderWarrantyStart',
  'serviceProviderWarrantyEnd',
] as const;

/** Dates can be taken back, and so can a cost. */
function clearedMembers(input: EquipmentInput): Record<string, null | 0> {
  const cleared = clearable.filter((member) => input[member] === null).map((member) => [member, null]);
  return { ...Object.fromEntries(cleared), ...(input['cost'] === null && { cost: 0 }) };
}

function describe({ records }: Desk, input: EquipmentInput, known?: InstalledEquipmentRow) {
  const { equipmentTypeId, customFields, ...members } = input;
  const type = records.equipment_types.get(equipmentTypeId);
  return {
    ...clearedMembers(input),
    ...Object.fromEntries(
      Object.entries(members).filter(([, value]) => value !== null && value !== undefined),
    ),
    ...(type && { type: { id: type.id, name: type.name } }),
    ...(customFields && { customFields: setCustomFields(known?.customFields ?? [], customFields) }),
  };
}

export function installEquipment(
  desk: Desk,
  location: LocationRow,
  input: EquipmentInput,
): InstalledEquipmentRow {
  const { records, now } = desk;
  return records.installed_equipment.put(
    installedEquipmentRow.parse({
      ...describe(desk, input),
      id: records.installed_equipment.nextId(),
      locationId: location.id,
      customerId: location.customerId,
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export function changeEquipment(
  desk: Desk,
  known: InstalledEquipmentRow,
  input: EquipmentInput,
): InstalledEquipmentRow {
  const changes = describe(desk, input, known);
  return desk.records.installed_equipment.put(
    installedEquipmentRow.parse({ ...known, ...changes, modifiedOn: desk.now }),
  );
}
