import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import {
  contactToCreate,
  createdLocation,
  customField,
  customFieldToSet,
  externalData,
  externalDataChanges,
  geoAddress,
  newExternalData,
  newLocationContact,
  note,
  sentGeoAddress,
} from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, word } from './values.ts';

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

const createdCustomer = customer.extend({
  locations: z.array(createdLocation),
  contacts: z.array(newLocationContact),
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

const newCustomerNote = z.strictObject({ text, pinToTop: flag.nullish(), addToLocations: flag.nullish() });

const bulkTags = z.strictObject({ customerIds: z.array(id), tagTypeIds: z.array(id) });

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
  addTags: crm.put('tags', { scope: 'crm.customers', body: bulkTags, reply: nothing, repeatable: true }),
  removeTags: crm.delete('tags', {
    scope: 'crm.customers',
    body: bulkTags,
    reply: nothing,
    repeatable: true,
  }),
  exportCustomers: crm.feed('export/customers', { scope: 'crm.customers', row: customer }),
};
