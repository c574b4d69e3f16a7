import { z } from 'zod';
import {
  active,
  id,
  links,
  money,
  optionalLink,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const equipmentTypeRow = z.object({
  id,
  name: text,
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type EquipmentTypeRow = z.infer<typeof equipmentTypeRow>;

export const equipmentStatus = z.enum(['Installed', 'Replaced']);
const day = z.iso.date().nullable().default(null);

export const attachment = z.object({
  alias: optionalText,
  fileName: optionalText,
  type: z.enum(['Other', 'Image', 'VideoFile', 'VideoLink', 'Document']),
  url: text,
});

export const installedEquipmentRow = z.object({
  id,
  active,
  equipmentId: optionalLink,
  locationId: requiredLink,
  customerId: requiredLink.default(0),
  invoiceItemId: optionalLink,
  name: text.default(''),
  type: z.object({ id, name: optionalText }).nullable().default(null),
  installedOn: optionalTimestamp,
  createdOn: timestamp,
  modifiedOn: timestamp,
  serialNumber: text.default(''),
  barcodeId: optionalText,
  memo: text.default(''),
  manufacturer: text.default(''),
  model: text.default(''),
  cost: money.default(0),
  status: equipmentStatus.default('Installed'),
  manufacturerWarrantyStart: optionalTimestamp,
  manufacturerWarrantyEnd: optionalTimestamp,
  serviceProviderWarrantyStart: optionalTimestamp,
  serviceProviderWarrantyEnd: optionalTimestamp,
  /** Shown as `tags`, with the names of their types. */
  tagTypeIds: links,
  actualReplacementDate: day,
  predictedReplacementMonths: z.int().nullable().default(null),
  predictedReplacementDate: day,
  /** Shown with a single record alone, as the attachments are. */
  customFields: z
    .array(z.object({ id: z.int(), typeId: z.int(), name: optionalText, value: optionalText }))
    .nullable()
    .default([]),
  attachments: z.array(attachment).nullable().default([]),
});
export type InstalledEquipmentRow = z.infer<typeof installedEquipmentRow>;
