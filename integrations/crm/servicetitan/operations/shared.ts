import { z } from 'zod';
import { decimal, flag, guid, id, optional, text, timestamp, word } from './values.ts';

/** Members that records of several resources have. */

export const geoAddress = z.object({
  street: text,
  unit: optional(text),
  city: text,
  state: text,
  zip: text,
  country: text,
  latitude: optional(decimal),
  longitude: optional(decimal),
});

export const customField = z.object({ typeId: id, name: optional(text), value: optional(text) });

export const externalData = z.object({ key: text, value: text });

export const sentGeoAddress = z.strictObject({
  street: text,
  unit: text.nullish(),
  city: text,
  state: text,
  zip: text,
  country: text,
  latitude: decimal.nullish(),
  longitude: decimal.nullish(),
});

export const contactToCreate = z.strictObject({
  type: z.enum(['Phone', 'Email', 'Fax', 'MobilePhone']),
  value: text,
  memo: text.nullish(),
});

export const customFieldToSet = z.strictObject({ typeId: id, value: text });

const sentExternalData = z.strictObject({ key: text, value: text });

export const newExternalData = z.strictObject({
  applicationGuid: guid,
  externalData: z.array(sentExternalData),
});

const externalDataEntry = z.strictObject({ key: text, value: text.nullish() });

export const externalDataChanges = z.strictObject({
  patchMode: z.enum(['Replace', 'Merge']).nullish(),
  applicationGuid: guid,
  externalData: z.array(externalDataEntry),
});

export const named = z.object({ id, name: optional(text) });

export const category = z.object({ id, name: text, active: flag });

/** A note where it has no number of its own. */
export const plainNote = z.object({
  text,
  isPinned: flag,
  createdById: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

export const note = plainNote.extend({ id });

export const location = z.object({
  id,
  customerId: id,
  active: flag,
  name: text,
  address: geoAddress,
  customFields: z.array(customField),
  createdOn: timestamp,
  createdById: id,
  modifiedOn: timestamp,
  mergedToId: optional(id),
  zoneId: optional(id),
  taxExempt: flag,
  tagTypeIds: z.array(id),
  externalData: z.array(externalData),
  taxZoneId: optional(id),
});

export const newLocationContact = z.object({
  id,
  type: word('Phone', 'Email', 'Fax', 'MobilePhone'),
  value: text,
  memo: optional(text),
});

export const createdLocation = location.extend({ contacts: z.array(newLocationContact) });
