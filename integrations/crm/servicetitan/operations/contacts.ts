import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { contactToCreate } from './shared.ts';
import { flag, id, optional, text, timestamp, word } from './values.ts';

export const phoneSettings = z.object({ phoneNumber: text, doNotText: flag });

const contactPreferences = z.object({
  jobRemindersEnabled: flag,
  marketingUpdatesEnabled: flag,
  invoiceStatementNotification: flag,
});

const contactOfCustomer = z.object({
  id,
  type: word('Phone', 'Email', 'Fax', 'MobilePhone'),
  value: text,
  memo: optional(text),
  modifiedOn: timestamp,
  phoneSettings,
  createdOn: timestamp,
  preferences: optional(contactPreferences),
});

const sentContactPreferences = z.strictObject({
  jobRemindersEnabled: flag,
  marketingUpdatesEnabled: flag,
  invoiceStatementNotification: flag,
});

const contactChanges = z.strictObject({
  type: z.enum(['Phone', 'Email', 'Fax', 'MobilePhone']).optional(),
  value: text.optional(),
  memo: text.optional(),
  preferences: sentContactPreferences.optional(),
});

const customerContact = contactOfCustomer.extend({ customerId: id });

const exportedCustomerContact = contactOfCustomer.extend({ customerId: id, active: flag });

const locationContact = contactOfCustomer.extend({ locationId: id });

const exportedLocationContact = contactOfCustomer.extend({ locationId: id, active: flag });

const crm = apiModule('crm/v2');

export const contactOperations = {
  listContactsOfCustomer: crm.list('customers/{id}/contacts', {
    scope: 'crm.customers',
    query: {},
    row: contactOfCustomer,
  }),
  createCustomerContact: crm.post('customers/{id}/contacts', {
    scope: 'crm.customers',
    body: contactToCreate,
    reply: contactOfCustomer,
  }),
  updateCustomerContact: crm.patch('customers/{id}/contacts/{contactId}', {
    scope: 'crm.customers',
    body: contactChanges,
    reply: contactOfCustomer,
  }),
  deleteCustomerContact: crm.delete('customers/{id}/contacts/{contactId}', {
    scope: 'crm.customers',
    reply: nothing,
  }),
  listCustomerContacts: crm.list('customers/contacts', {
    scope: 'crm.customers',
    query: { ...standard, customerIds: parameter.ids },
    row: customerContact,
  }),
  exportCustomerContacts: crm.feed('export/customers/contacts', {
    scope: 'crm.customers',
    row: exportedCustomerContact,
  }),
  listContactsOfLocation: crm.list('locations/{id}/contacts', {
    scope: 'crm.locations',
    query: {},
    row: contactOfCustomer,
  }),
  listLocationContacts: crm.list('locations/contacts', {
    scope: 'crm.locations',
    query: { ...standard, locationIds: parameter.ids },
    row: locationContact,
  }),
  exportLocationContacts: crm.feed('export/locations/contacts', {
    scope: 'crm.locations',
    row: exportedLocationContact,
  }),
};
