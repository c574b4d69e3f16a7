import { z } from 'zod';
import { changeEquipment, installEquipment } from '../office/equipment.ts';
import { requireRow } from '../office/Desk.ts';
import { showOneEquipment } from '../resources/equipmentResources.ts';
import { attachment, equipmentStatus } from '../rows/equipmentRows.ts';
import { text, timestamp } from '../rows/members.ts';
import { id, ids, money } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { pathId, readBody, type Route } from './route.ts';

const path = 'equipmentsystems/v2/tenant/:tenant/installed-equipment';
const scope = 'eqs.installedequipment';

const changesBody = z.object({
  name: text.nullish(),
  equipmentTypeId: id.nullish(),
  status: equipmentStatus.nullish(),
  installedOn: timestamp.nullish(),
  actualReplacementDate: z.iso.date().nullish(),
  serialNumber: text.nullish(),
  barcodeId: text.nullish(),
  memo: text.nullish(),
  manufacturer: text.nullish(),
  model: text.nullish(),
  cost: money.nullish(),
  manufacturerWarrantyStart: timestamp.nullish(),
  manufacturerWarrantyEnd: timestamp.nullish(),
  serviceProviderWarrantyStart: timestamp.nullish(),
  serviceProviderWarrantyEnd: timestamp.nullish(),
  customFields: z
    .array(z.object({ id: id.nullish(), typeId: id.nullish(), value: text.nullish() }))
    .nullish(),
  attachments: z.array(attachment).nullish(),
  tagTypeIds: ids.nullish(),
});

const newEquipmentBody = changesBody.extend({ locationId: id });

export const equipmentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const { locationId, ...body } = readBody(call, newEquipmentBody);
      const location = requireRow(records.locations, 'Location', locationId);
      checkLinks(records, { equipmentTypeId: body.equipmentTypeId, tagTypeIds: body.tagTypeIds });
      return showOneEquipment(installEquipment(call.desk, location, body), { records });
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { records } = call.desk;
      const known = requireRow(records.installed_equipment, 'Installed equipment', pathId(call));
      const body = readBody(call, changesBody);
      checkLinks(records, { equipmentTypeId: body.equipmentTypeId, tagTypeIds: body.tagTypeIds });
      return showOneEquipment(changeEquipment(call.desk, known, body), { records });
    },
  },
];
