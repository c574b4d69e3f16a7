import type { z } from 'zod';
import {
  createLocation,
  requireUnmerged,
  type CreatedLocation,
  type NewLocation,
} from '../office/customers.ts';
import { requireRow } from '../office/Desk.ts';
import { attachData, changeCustomFields, changeData } from '../office/externalData.ts';
import { locations } from '../resources/crmResources.ts';
import type { ReachableRow } from '../rows/crmRows.ts';
import { checkLinks } from './checkLinks.ts';
import { locationChangesBody, newLocationBody } from './customerBodies.ts';
import { givenMembers } from './givenMembers.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/locations';
const scope = 'crm.locations';

type NewPlace = Omit<z.infer<typeof newLocationBody>, 'customerId'>;

/** A place as the office takes it; where its coordinates come from is accepted, and nowhere shown. */
export function readPlace(call: Call, place: NewPlace): NewLocation {
  const { externalData, customFields, name, address, contacts, tagTypeIds } = place;
  checkLinks(call.desk.records, { tagTypeIds });
  return {
    name,
    address,
    ...givenMembers({ contacts, tagTypeIds }),
    externalData: attachData(externalData),
    customFields: changeCustomFields([], customFields),
  };
}

/** A contact as the answers that make its owner show it. */
export function showContact({ id, type, value, memo }: ReachableRow) {
  return { id, type, value, memo };
}

export function showLocation(call: Call, { location, contacts }: CreatedLocation) {
  return {
    ...locations.get(call.desk.records, location.id),
    contacts: contacts.map((contact) => showContact(contact)),
  };
}

export const locationRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const { customerId, ...place } = readBody(call, newLocationBody);
      const { records } = call.desk;
      checkLinks(records, { customerId });
      requireUnmerged('Customer', requireRow(records.customers, 'Customer', customerId));
      return showLocation(call, createLocation(call.desk, customerId, readPlace(call, place)));
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      const location = requireRow(records.locations, 'Location', pathId(call));
      const { externalData, customFields, address, ...members } = readBody(call, locationChangesBody);
      checkLinks(records, members);
      requireUnmerged('Location', location);
      records.locations.put({
        ...location,
        ...sentMembers(members),
        ...(address && { address: { ...location.address, ...sentMembers(address) } }),
        ...(externalData && { externalData: changeData(location.externalData, externalData) }),
        ...(customFields && { customFields: changeCustomFields(location.customFields, customFields) }),
        modifiedOn: now,
      });
      return locations.get(records, location.id);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/tags/:tagTypeId`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      const location = requireRow(records.locations, 'Location', pathId(call));
      const tag = requireRow(records.tag_types, 'Tag type', pathId(call, 'tagTypeId'));
      const tagTypeIds = [...new Set([...location.tagTypeIds, tag.id])];
      records.locations.put({ ...location, tagTypeIds, modifiedOn: now });
      return { locationId: location.id, tagTypeIds };
    },
  },
  {
    method: 'DELETE',
    path: `${path}/:id/tags/:tagTypeId`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      const location = requireRow(records.locations, 'Location', pathId(call));
      const tagTypeId = pathId(call, 'tagTypeId');
      const tagTypeIds = location.tagTypeIds.filter((id) => id !== tagTypeId);
      records.locations.put({ ...location, tagTypeIds, modifiedOn: now });
    },
  },
];
