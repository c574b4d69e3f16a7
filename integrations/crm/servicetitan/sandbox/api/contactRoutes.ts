import { addCustomerContact, addLocationContact, changeContact } from '../office/contacts.ts';
import { requireUnmerged } from '../office/customers.ts';
import { requireRow } from '../office/Desk.ts';
import { showSettings } from '../resources/contactResources.ts';
import { without } from '../resources/defineResource.ts';
import type {
  CustomerContactRow,
  CustomerRow,
  LocationContactRow,
  LocationRow,
  ReachableRow,
} from '../rows/crmRows.ts';
import { notFound } from './ApiError.ts';
import { contactChanges, newContact } from './bodyMembers.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

/** Below its own customer or location a contact does not say whose it is. */
const hidden = ['customerId', 'locationId', 'active'];

function show(contact: ReachableRow) {
  return without(showSettings(contact), new Set(hidden));
}

function showAll(call: Call, contacts: readonly ReachableRow[]) {
  return listPart(
    call,
    contacts.filter((contact) => contact.active).map((contact) => showSettings(contact)),
    hidden,
  );
}

function ownContact<Row extends ReachableRow>(call: Call, contacts: readonly Row[]): Row {
  const id = pathId(call, 'contactId');
  const contact = contacts.find((row) => row.id === id && row.active);
  if (!contact) throw notFound('Contact', id);
  return contact;
}

function customerOf(call: Call): CustomerRow {
  return requireRow(call.desk.records.customers, 'Customer', pathId(call));
}

function locationOf(call: Call): LocationRow {
  return requireRow(call.desk.records.locations, 'Location', pathId(call));
}

function customerContact(call: Call): CustomerContactRow {
  const customer = customerOf(call);
  requireUnmerged('Customer', customer);
  return ownContact(call, call.desk.records.customer_contacts.ownedBy(customer.id));
}

function locationContact(call: Call): LocationContactRow {
  const location = locationOf(call);
  requireUnmerged('Location', location);
  return ownContact(call, call.desk.records.location_contacts.ownedBy(location.id));
}

const customers = { path: 'crm/v2/tenant/:tenant/customers/:id/contacts', scope: 'crm.customers' } as const;
const locations = { path: 'crm/v2/tenant/:tenant/locations/:id/contacts', scope: 'crm.locations' } as const;

const customerContactRoutes: readonly Route[] = [
  {
    ...customers,
    method: 'GET',
    handle: (call) => showAll(call, call.desk.records.customer_contacts.ownedBy(customerOf(call).id)),
  },
  {
    ...customers,
    method: 'POST',
    handle: (call) => {
      const customer = customerOf(call);
      requireUnmerged('Customer', customer);
      return show(addCustomerContact(call.desk, customer.id, readBody(call, newContact)));
    },
  },
  {
    ...customers,
    method: 'PATCH',
    path: `${customers.path}/:contactId`,
    handle: (call) => {
      const contact = customerContact(call);
      const changes = sentMembers(readBody(call, contactChanges));
      return show(call.desk.records.customer_contacts.put(changeContact(call.desk, contact, changes)));
    },
  },
  {
    ...customers,
    method: 'DELETE',
    path: `${customers.path}/:contactId`,
    handle: (call) => {
      const { records, now } = call.desk;
      records.customer_contacts.put({ ...customerContact(call), active: false, modifiedOn: now });
    },
  },
];

const locationContactRoutes: readonly Route[] = [
  {
    ...locations,
    method: 'GET',
    handle: (call) => showAll(call, call.desk.records.location_contacts.ownedBy(locationOf(call).id)),
  },
  {
    ...locations,
    method: 'POST',
    handle: (call) => {
      const location = locationOf(call);
      requireUnmerged('Location', location);
      return show(addLocationContact(call.desk, location.id, readBody(call, newContact)));
    },
  },
  {
    ...locations,
    method: 'PATCH',
    path: `${locations.path}/:contactId`,
    handle: (call) => {
      const contact = locationContact(call);
      const changes = sentMembers(readBody(call, contactChanges));
      return show(call.desk.records.location_contacts.put(changeContact(call.desk, contact, changes)));
    },
  },
  {
    ...locations,
    method: 'DELETE',
    path: `${locations.path}/:contactId`,
    handle: (call) => {
      const { records, now } = call.desk;
      records.location_contacts.put({ ...locationContact(call), active: false, modifiedOn: now });
    },
  },
];

export const contactRoutes: readonly Route[] = [...customerContactRoutes, ...locationContactRoutes];
