import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import { decimal, flag, guid, id, optional, text, timestamp, word } from './values.ts';

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

const customer = z.object({
  id,
  active: flag,
  name: text,
  type: word('Residential', 'Commercial'),
  address: geoAddress,
  customFields: z.array(customField),
  balance: decimal,
  taxExempt: flag,
  tagTypeIds: z.array(id),
  doNotMail: flag,
  doNotService: flag,
  nationalAccount: flag,
  createdOn: timestamp,
  createdById: id,
  modifiedOn: timestamp,
  mergedToId: optional(id),
  paymentTermId: optional(id),
  creditLimit: optional(decimal),
  creditLimitBalance: optional(decimal),
  externalData: z.array(externalData),
});

const newLocationContact = z.object({
  id,
  type: word('Phone', 'Email', 'Fax', 'MobilePhone'),
  value: text,
  memo: optional(text),
});

export const createdLocation = z.object({
  taxZoneId: optional(id),
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
  contacts: z.array(newLocationContact),
});

const createdCustomer = customer.extend({
  locations: z.array(createdLocation),
  contacts: z.array(newLocationContact),
});

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

const locationOfNewCustomer = z.strictObject({
  name: text,
  address: sentGeoAddress,
  contacts: z.array(contactToCreate).nullish(),
  customFields: z.array(customFieldToSet).nullish(),
  tagTypeIds: z.array(id).nullish(),
  externalData: newExternalData.nullish(),
  coordinatesSource: z.enum(['None', 'System', 'User', 'Imported']).nullish(),
  coordinatesVerificationStatus: z.enum(['Unverified', 'InProgress', 'Failed', 'Verified']).nullish(),
});

const newCustomer = z.strictObject({
  name: text,
  type: z.enum(['Residential', 'Commercial']).nullish(),
  doNotMail: flag.nullish(),
  doNotService: flag.nullish(),
  nationalAccount: flag.nullish(),
  locations: z.array(locationOfNewCustomer),
  address: sentGeoAddress,
  contacts: z.array(contactToCreate).nullish(),
  customFields: z.array(customFieldToSet).nullish(),
  tagTypeIds: z.array(id).nullish(),
  externalData: newExternalData.nullish(),
  taxExempt: flag.nullish(),
  paymentTermId: id.nullish(),
  creditLimit: decimal.nullish(),
  creditLimitBalance: decimal.nullish(),
});

const customerAddressChanges = z.strictObject({
  street: text,
  unit: text,
  city: text,
  state: text,
  zip: text,
  country: text,
  latitude: decimal,
  longitude: decimal,
});

const externalDataEntry = z.strictObject({ key: text, value: text.nullish() });

export const externalDataChanges = z.strictObject({
  patchMode: z.enum(['Replace', 'Merge']).nullish(),
  applicationGuid: guid,
  externalData: z.array(externalDataEntry),
});

const customerChanges = z.strictObject({
  name: text.optional(),
  type: z.enum(['Residential', 'Commercial']).optional(),
  address: customerAddressChanges.optional(),
  customFields: z.array(customFieldToSet).optional(),
  externalData: externalDataChanges.optional(),
  doNotMail: flag.optional(),
  doNotService: flag.optional(),
  nationalAccount: flag.optional(),
  active: flag.optional(),
  tagTypeIds: z.array(id).optional(),
  taxExempt: flag.optional(),
  paymentTermId: id.optional(),
  creditLimit: decimal.optional(),
  creditLimitBalance: decimal.optional(),
});

export const note = z.object({
  id,
  text,
  isPinned: flag,
  createdById: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const newCustomerNote = z.strictObject({ text, pinToTop: flag.nullish(), addToLocations: flag.nullish() });

const tagsToAdd = z.strictObject({ customerIds: z.array(id), tagTypeIds: z.array(id) });

const crm = apiModule('crm/v2');

export const customerOperations = {
  listCustomers: crm.list('customers', {
    scope: 'crm.customers',
    query: {
      ...standard,
      ...byExternalData,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
      ids: parameter.ids,
      excludeAccountingChangesFromModifiedDateRange: parameter.flag,
      name: parameter.text,
      street: parameter.text,
      unit: parameter.text,
      city: parameter.text,
      state: parameter.text,
      zip: parameter.text,
      country: parameter.text,
      latitude: parameter.decimal,
      longitude: parameter.decimal,
      phone: parameter.text,
      active: parameter.active,
    },
    row: customer,
  }),
  getCustomer: crm.get('customers/{id}', { scope: 'crm.customers', reply: customer }),
  createCustomer: crm.post('customers', {
    scope: 'crm.customers',
    body: newCustomer,
    reply: createdCustomer,
  }),
  updateCustomer: crm.patch('customers/{id}', {
    scope: 'crm.customers',
    body: customerChanges,
    reply: customer,
  }),
  listCustomerNotes: crm.list('customers/{id}/notes', {
    scope: 'crm.customers',
    query: { ...standard },
    row: note,
  }),
  createCustomerNote: crm.post('customers/{id}/notes', {
    scope: 'crm.customers',
    body: newCustomerNote,
    reply: note,
  }),
  addTags: crm.put('tags', { scope: 'crm.customers', body: tagsToAdd, reply: nothing, repeatable: true }),
  exportCustomers: crm.feed('export/customers', { scope: 'crm.customers', row: customer }),
};
