import {
  bookingContactRow,
  customerContactRow,
  locationContactRow,
  type ReachableRow,
} from '../rows/crmRows.ts';
import { defineResource } from './defineResource.ts';
import { idIn } from './filters.ts';

/** What loading fills in: a telephone takes texts unless the record says otherwise. */
function fillPhone(raw: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return typeof raw['value'] === 'string' && (raw['type'] === 'Phone' || raw['type'] === 'MobilePhone')
    ? { phoneSettings: { phoneNumber: raw['value'], doNotText: false } }
    : {};
}

/** On the wire every contact has phone settings, e-mail addresses too. */
export function showSettings<Row extends ReachableRow>(row: Row): Row {
  return { ...row, phoneSettings: row.phoneSettings ?? { phoneNumber: '', doNotText: false } };
}

export const customerContacts = defineResource({
  name: 'customer_contacts',
  aliases: ['contacts', 'customers_contacts'],
  noun: 'Contact',
  scope: 'crm.customers',
  select: (records) => records.customer_contacts,
  schema: customerContactRow.loose(),
  fill: fillPhone,
  listPath: 'crm/v2/tenant/:tenant/customers/contacts',
  exportPaths: ['crm/v2/tenant/:tenant/export/customers/contacts'],
  show: showSettings,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: { customerIds: idIn((row) => row.customerId) },
  needsOneOf: ['customerIds', 'modifiedBefore', 'modifiedOnOrAfter'],
});

export const locationContacts = defineResource({
  name: 'location_contacts',
  aliases: ['locations_contacts'],
  noun: 'Contact',
  scope: 'crm.locations',
  select: (records) => records.location_contacts,
  schema: locationContactRow.loose(),
  fill: fillPhone,
  listPath: 'crm/v2/tenant/:tenant/locations/contacts',
  exportPaths: ['crm/v2/tenant/:tenant/export/locations/contacts'],
  show: showSettings,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: { locationIds: idIn((row) => row.locationId) },
  needsOneOf: ['locationIds', 'modifiedBefore', 'modifiedOnOrAfter', 'createdBefore', 'createdOnOrAfter'],
});

export const bookingContacts = defineResource({
  name: 'booking_contacts',
  aliases: ['bookings_contacts'],
  noun: 'Contact',
  scope: 'crm.bookings',
  select: (records) => records.booking_contacts,
  schema: bookingContactRow.loose(),
  show: (row) => ({ ...row, memo: row.memo ?? '' }),
  internal: ['bookingId', 'active', 'createdOn'],
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: {},
});
