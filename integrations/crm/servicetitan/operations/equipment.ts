import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { named } from './shared.ts';
import { decimal, flag, id, optional, sentDate, sentTime, text, timestamp, whole, word } from './values.ts';

const tag = z.object({
  id,
  ownerId: id,
  typeId: id,
  typeName: optional(text),
  memo: optional(text),
  color: optional(text),
  textColor: optional(text),
  code: optional(text),
});

const installedEquipment = z.object({
  id,
  active: flag,
  equipmentId: optional(id),
  locationId: id,
  customerId: id,
  invoiceItemId: optional(id),
  name: text,
  type: optional(named),
  installedOn: optional(timestamp),
  createdOn: timestamp,
  modifiedOn: timestamp,
  serialNumber: text,
  barcodeId: optional(text),
  memo: text,
  manufacturer: text,
  model: text,
  cost: decimal,
  status: word('Installed', 'Replaced'),
  manufacturerWarrantyStart: optional(timestamp),
  manufacturerWarrantyEnd: optional(timestamp),
  serviceProviderWarrantyStart: optional(timestamp),
  serviceProviderWarrantyEnd: optional(timestamp),
  tags: optional(z.array(tag)),
  actualReplacementDate: optional(text),
  predictedReplacementMonths: optional(whole),
  predictedReplacementDate: optional(text),
});

const equipmentCustomField = z.object({ id, typeId: id, name: optional(text), value: optional(text) });

const attachment = z.object({
  alias: optional(text),
  fileName: optional(text),
  type: word('Other', 'Image', 'VideoFile', 'VideoLink', 'Document'),
  url: text,
});

const installedEquipmentDetails = installedEquipment.extend({
  customFields: optional(z.array(equipmentCustomField)),
  attachments: optional(z.array(attachment)),
});

const sentEquipmentCustomField = z.strictObject({
  id: id.nullish(),
  typeId: id.nullish(),
  value: text.nullish(),
});

const sentAttachment = z.strictObject({
  alias: text.nullish(),
  fileName: text.nullish(),
  type: z.enum(['Other', 'Image', 'VideoFile', 'VideoLink', 'Document']),
  url: text,
});

const newInstalledEquipment = z.strictObject({
  locationId: id,
  name: text.nullish(),
  equipmentTypeId: id.nullish(),
  status: z.enum(['Installed', 'Replaced']).nullish(),
  installedOn: sentTime.nullish(),
  actualReplacementDate: sentDate.nullish(),
  serialNumber: text.nullish(),
  barcodeId: text.nullish(),
  memo: text.nullish(),
  manufacturer: text.nullish(),
  model: text.nullish(),
  cost: decimal.nullish(),
  manufacturerWarrantyStart: sentTime.nullish(),
  manufacturerWarrantyEnd: sentTime.nullish(),
  serviceProviderWarrantyStart: sentTime.nullish(),
  serviceProviderWarrantyEnd: sentTime.nullish(),
  customFields: z.array(sentEquipmentCustomField).nullish(),
  attachments: z.array(sentAttachment).nullish(),
  tagTypeIds: z.array(id).nullish(),
});

const installedEquipmentChanges = z.strictObject({
  name: text.optional(),
  equipmentTypeId: id.optional(),
  status: z.enum(['Installed', 'Replaced']).optional(),
  installedOn: sentTime.nullish(),
  actualReplacementDate: sentDate.nullish(),
  serialNumber: text.optional(),
  barcodeId: text.optional(),
  memo: text.optional(),
  manufacturer: text.optional(),
  model: text.optional(),
  cost: decimal.nullish(),
  manufacturerWarrantyStart: sentTime.nullish(),
  manufacturerWarrantyEnd: sentTime.nullish(),
  serviceProviderWarrantyStart: sentTime.nullish(),
  serviceProviderWarrantyEnd: sentTime.nullish(),
  customFields: z.array(sentEquipmentCustomField).optional(),
  attachments: z.array(sentAttachment).optional(),
  tagTypeIds: z.array(id).optional(),
});

const equipmentSystems = apiModule('equipmentsystems/v2');

export const equipmentOperations = {
  listInstalledEquipment: equipmentSystems.list('installed-equipment', {
    scope: 'eqs.installedequipment',
    query: {
      ...standard,
      locationIds: parameter.ids,
      ids: parameter.ids,
      sort: parameter.sort('Id', 'CreatedOn', 'ModifiedOn'),
      active: parameter.active,
    },
    row: installedEquipment,
  }),
  getInstalledEquipment: equipmentSystems.get('installed-equipment/{id}', {
    scope: 'eqs.installedequipment',
    reply: installedEquipmentDetails,
  }),
  createInstalledEquipment: equipmentSystems.post('installed-equipment', {
    scope: 'eqs.installedequipment',
    body: newInstalledEquipment,
    reply: installedEquipmentDetails,
  }),
  updateInstalledEquipment: equipmentSystems.patch('installed-equipment/{id}', {
    scope: 'eqs.installedequipment',
    body: installedEquipmentChanges,
    reply: installedEquipmentDetails,
  }),
  exportInstalledEquipment: equipmentSystems.feed('export/installed-equipment', {
    scope: 'eqs.installedequipment',
    row: installedEquipment,
  }),
};
