import { addCustomerContact, createCustomer } from '../office/customers.ts';
import { requireRow } from '../office/Desk.ts';
import { without } from '../resources/defineResource.ts';
import type { CustomerContactRow, CustomerRow } from '../rows/crmRows.ts';
import { notFound } from './ApiError.ts';
import { contactBody, contactChangesBody, customerChangesBody, newCustomerBody } from './bodies.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/customers';
const scope = 'crm.customers';
const hiddenInContacts = ['customerId', 'active'];

function customerOf(call: Call): CustomerRow {
  return requireRow(call.desk.records.customers, 'Customer', pathId(call));
}

function contactOf(call: Call): CustomerContactRow {
  const customer = customerOf(call);
  const contact = call.desk.records.customer_contacts.get(pathId(call, 'contactId'));
  if (!contact?.active || contact.customerId !== customer.id)
    throw notFound('Contact', pathId(call, 'contactId'));
  return contact;
}

function showContact(contact: CustomerContactRow) {
  return without(contact, new Set(hiddenInContacts));
}

export const customerRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = readBody(call, newCustomerBody);
      const { customer, locations, contacts } = createCustomer(call.desk, body);
      return {
        ...customer,
        contacts: contacts.map(({ id, type, value, memo }) => ({ id, type, value, memo })),
        locations: locations.map((location) => Object.assign({ contacts: [] }, location)),
      };
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const customer = customerOf(call);
      const changes = sentMembers(readBody(call, customerChangesBody));
      return call.desk.records.customers.put({ ...customer, ...changes, modifiedOn: call.desk.now });
    },
  },
  {
    method: 'GET',
    path: `${path}/:id/contacts`,
    scope,
    handle: (call) => {
      const contacts = call.desk.records.customer_contacts.ownedBy(customerOf(call).id);
      return listPart(
        call,
        contacts.filter((contact) => contact.active),
        hiddenInContacts,
      );
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/contacts`,
    scope,
    handle: (call) =>
      showContact(addCustomerContact(call.desk, customerOf(call).id, readBody(call, contactBody))),
  },
  {
    method: 'PATCH',
    path: `${path}/:id/contacts/:contactId`,
    scope,
    handle: (call) => {
      const contact = contactOf(call);
      const changes = sentMembers(readBody(call, contactChangesBody));
      const { records, now } = call.desk;
      return showContact(records.customer_contacts.put({ ...contact, ...changes, modifiedOn: now }));
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id/contacts/:contactId`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      records.customer_contacts.put({ ...contactOf(call), active: false, modifiedOn: now });
    },
  },
];
