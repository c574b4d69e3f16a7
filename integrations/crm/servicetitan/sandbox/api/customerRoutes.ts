import { createCustomer, updateCustomer, type NewCustomer } from '../office/customers.ts';
import { type Desk, requireRow } from '../office/Desk.ts';
import { attachData, changeCustomFields, changeData } from '../office/externalData.ts';
import { customers } from '../resources/crmResources.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import { conflict, notFound } from './ApiError.ts';
import { checkLinks } from './checkLinks.ts';
import { customerChangesBody, newCustomerBody, tagsBody } from './customerBodies.ts';
import { givenMembers } from './givenMembers.ts';
import { readPlace, showContact, showLocation } from './locationRoutes.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/customers';
const scope = 'crm.customers';

function customerOf(call: Call): CustomerRow {
  return requireRow(call.desk.records.customers, 'Customer', pathId(call));
}

function readNewCustomer(call: Call): NewCustomer {
  const { externalData, customFields, locations, ...members } = readBody(call, newCustomerBody);
  checkLinks(call.desk.records, members);
  return {
    ...givenMembers(members),
    externalData: attachData(externalData),
    customFields: changeCustomFields([], customFields),
    locations: locations.map((place) => readPlace(call, place)),
  };
}

function retag(desk: Desk, customer: CustomerRow, tagTypeIds: readonly number[]): CustomerRow {
  return updateCustomer(desk, customer, { tagTypeIds: [...new Set(tagTypeIds)] });
}

/** Both tag operations name customers and tags that must all exist. */
function readTags(call: Call) {
  const { records } = call.desk;
  const body = readBody(call, tagsBody);
  checkLinks(records, body);
  const found = body.customerIds.map((id) => requireRow(records.customers, 'Customer', id));
  return { customers: found, tagTypeIds: body.tagTypeIds };
}

const tagRoutes: readonly Route[] = [
  {
    method: 'PUT',
    path: 'crm/v2/tenant/:tenant/tags',
    scope,
    handle: (call) => {
      const { customers: tagged, tagTypeIds } = readTags(call);
      for (const row of tagged) retag(call.desk, row, [...row.tagTypeIds, ...tagTypeIds]);
    },
  },
  {
    method: 'DELETE',
    path: 'crm/v2/tenant/:tenant/tags',
    scope,
    handle: (call) => {
      const { customers: tagged, tagTypeIds } = readTags(call);
      for (const row of tagged) {
        retag(
          call.desk,
          row,
          row.tagTypeIds.filter((id) => !tagTypeIds.includes(id)),
        );
      }
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/tags/:tagTypeId`,
    scope,
    handle: (call) => {
      const row = customerOf(call);
      const tag = requireRow(call.desk.records.tag_types, 'Tag type', pathId(call, 'tagTypeId'));
      if (row.tagTypeIds.includes(tag.id))
        throw conflict(`Customer ${row.id} has the tag ${tag.id} already.`);
      const { tagTypeIds } = retag(call.desk, row, [...row.tagTypeIds, tag.id]);
      return { customerId: row.id, tagTypeIds };
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id/tags/:tagTypeId`,
    scope,
    handle: (call) => {
      const row = customerOf(call);
      const tagTypeId = pathId(call, 'tagTypeId');
      if (!row.tagTypeIds.includes(tagTypeId)) throw notFound('Tag', tagTypeId);
      retag(
        call.desk,
        row,
        row.tagTypeIds.filter((id) => id !== tagTypeId),
      );
    },
  },
];

export const customerRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const created = createCustomer(call.desk, readNewCustomer(call));
      return {
        ...customers.get(call.desk.records, created.customer.id),
        contacts: created.contacts.map((contact) => showContact(contact)),
        locations: created.locations.map((location) => showLocation(call, location)),
      };
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const customer = customerOf(call);
      const { externalData, customFields, ...members } = readBody(call, customerChangesBody);
      checkLinks(call.desk.records, members);
      updateCustomer(call.desk, customer, {
        ...sentMembers(members),
        ...(externalData && { externalData: changeData(customer.externalData, externalData) }),
        ...(customFields && { customFields: changeCustomFields(customer.customFields, customFields) }),
      });
      return customers.get(call.desk.records, customer.id);
    },
  },
  ...tagRoutes,
];
