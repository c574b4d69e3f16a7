import {
  bookingContactRow,
  bookingRow,
  customerContactRow,
  customerRow,
  leadRow,
  locationRow,
} from '../rows/crmRows.ts';
import { defineResource } from './defineResource.ts';
import {
  before,
  choiceIs,
  flagIs,
  idIn,
  integerIs,
  onOrAfter,
  textContains,
  textIs,
  type Filter,
} from './filters.ts';
import type { LeadRow, CustomerRow, LocationRow } from '../rows/crmRows.ts';
import { commonSorts } from './readList.ts';

function addressFilters<Row extends Pick<CustomerRow | LocationRow, 'address'>>(): Record<
  string,
  Filter<Row>
> {
  return {
    street: textContains((row) => row.address.street),
    unit: textContains((row) => row.address.unit),
    city: textContains((row) => row.address.city),
    state: textIs((row) => row.address.state),
    zip: textIs((row) => row.address.zip),
    country: textIs((row) => row.address.country),
  };
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

export const customers = defineResource({
  name: 'customers',
  noun: 'Customer',
  scope: 'crm.customers',
  select: (records) => records.customers,
  schema: customerRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/customers',
  exportPaths: ['crm/v2/tenant/:tenant/export/customers'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    ...addressFilters(),
    phone: (reader, name, records) => {
      const phone = digitsOf(reader.text(name) ?? '');
      if (phone === '') return undefined;
      const owners = records.customer_contacts
        .where(
          (contact) => contact.active && contact.type !== 'Email' && digitsOf(contact.value).endsWith(phone),
        )
        .map((contact) => contact.customerId);
      const ids = new Set(owners);
      return (row) => ids.has(row.id);
    },
    // Balances never move in the sandbox, so there is nothing to leave out; a wrong value is refused all the same.
    excludeAccountingChangesFromModifiedDateRange: (reader, name) => {
      reader.flag(name);
      return undefined;
    },
  },
});

export const locations = defineResource({
  name: 'locations',
  noun: 'Location',
  scope: 'crm.locations',
  select: (records) => records.locations,
  schema: locationRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/locations',
  exportPaths: ['crm/v2/tenant/:tenant/export/locations'],
  hasGet: true,
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    customerId: integerIs((row) => row.customerId),
    ...addressFilters(),
  },
});

export const customerContacts = defineResource({
  name: 'customer_contacts',
  aliases: ['contacts', 'customers_contacts'],
  noun: 'Contact',
  scope: 'crm.customers',
  select: (records) => records.customer_contacts,
  schema: customerContactRow.loose(),
  fill: (raw) =>
    typeof raw['value'] === 'string' && (raw['type'] === 'Phone' || raw['type'] === 'MobilePhone')
      ? { phoneSettings: { phoneNumber: raw['value'], doNotText: false } }
      : {},
  listPath: 'crm/v2/tenant/:tenant/customers/contacts',
  exportPaths: ['crm/v2/tenant/:tenant/export/customers/contacts'],
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: { customerIds: idIn((row) => row.customerId) },
  needsOneOf: ['customerIds', 'modifiedBefore', 'modifiedOnOrAfter'],
});

/** A test of the lead's customer; leads without one fail it. */
function customerOfLead(filter: Filter<CustomerRow>, customerParameter: string): Filter<LeadRow> {
  return (reader, _name, records) => {
    const test = filter(reader, customerParameter, records);
    if (!test) return undefined;
    return (row) => {
      const customer = records.customers.get(row.customerId);
      return customer !== undefined && test(customer);
    };
  };
}

export const leads = defineResource({
  name: 'leads',
  noun: 'Lead',
  scope: 'crm.leads',
  select: (records) => records.leads,
  schema: leadRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/leads',
  exportPaths: ['crm/v2/tenant/:tenant/export/leads'],
  hasGet: true,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    customerId: integerIs((row) => row.customerId),
    status: choiceIs(leadRow.shape.status.unwrap().options, (row) => row.status),
    withoutCustomer: flagIs((row) => !row.customerId),
    isProspect: (reader, name, records) => {
      const wanted = reader.flag(name);
      if (wanted === undefined) return undefined;
      const served = new Set(records.jobs.where((job) => job.active).map((job) => job.customerId));
      return (row) => (!row.customerId || !served.has(row.customerId)) === wanted;
    },
    customerCity: customerOfLead(
      textContains((row) => row.address.city),
      'customerCity',
    ),
    customerState: customerOfLead(
      textIs((row) => row.address.state),
      'customerState',
    ),
    customerZip: customerOfLead(
      textIs((row) => row.address.zip),
      'customerZip',
    ),
    customerCreatedOnOrAfter: customerOfLead(
      onOrAfter((row) => row.createdOn),
      'customerCreatedOnOrAfter',
    ),
    customerCreatedBefore: customerOfLead(
      before((row) => row.createdOn),
      'customerCreatedBefore',
    ),
    customerModifiedOnOrAfter: customerOfLead(
      onOrAfter((row) => row.modifiedOn),
      'customerModifiedOnOrAfter',
    ),
    leadCustomerName: textContains((row) => row.leadCustomerName),
    leadPhone: textContains((row) => row.leadPhone),
    isCaptureSourceForm: flagIs((row) => row.captureSource === 'Form'),
  },
});

export const bookings = defineResource({
  name: 'bookings',
  noun: 'Booking',
  scope: 'crm.bookings',
  select: (records) => records.bookings,
  schema: bookingRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/bookings',
  exportPaths: ['crm/v2/tenant/:tenant/export/bookings'],
  hasGet: true,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    externalId: textIs((row) => row.externalId),
  },
});

export const bookingContacts = defineResource({
  name: 'booking_contacts',
  aliases: ['bookings_contacts'],
  noun: 'Contact',
  scope: 'crm.bookings',
  select: (records) => records.booking_contacts,
  schema: bookingContactRow.loose(),
  internal: ['bookingId', 'active', 'createdOn'],
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: {},
});
