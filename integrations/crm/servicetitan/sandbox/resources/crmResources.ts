import { customerRow, locationRow, type CustomerRow, type LocationRow } from '../rows/crmRows.ts';
import { defineResource } from './defineResource.ts';
import { externalDataSearch, showExternalData } from './externalDataFilters.ts';
import { before, idIn, integerIs, onOrAfter, textContains, textIs, type Filter } from './filters.ts';
import { commonSorts } from './readList.ts';

type Placed = Pick<CustomerRow | LocationRow, 'address'>;

function coordinateIs(member: 'latitude' | 'longitude'): Filter<Placed> {
  return (reader, name) => {
    const value = reader.decimal(name);
    return value === undefined ? undefined : (row) => row.address[member] === value;
  };
}

const addressFilters: Record<string, Filter<Placed>> = {
  street: textContains((row) => row.address.street),
  unit: textContains((row) => row.address.unit),
  city: textContains((row) => row.address.city),
  state: textIs((row) => row.address.state),
  zip: textIs((row) => row.address.zip),
  country: textIs((row) => row.address.country),
  latitude: coordinateIs('latitude'),
  longitude: coordinateIs('longitude'),
};

/** By the date of the last change, or, where balances are not to count, of the last that was more than a balance. */
function modified(compare: (read: (row: CustomerRow) => string) => Filter<CustomerRow>): Filter<CustomerRow> {
  return (reader, name, records) => {
    const excludes = reader.flag('excludeAccountingChangesFromModifiedDateRange') ?? false;
    const read = excludes
      ? ({ profileModifiedOn, modifiedOn }: CustomerRow) => profileModifiedOn ?? modifiedOn
      : ({ modifiedOn }: CustomerRow) => modifiedOn;
    return compare(read)(reader, name, records);
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
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  internal: ['profileModifiedOn'],
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    modifiedOnOrAfter: modified(onOrAfter),
    modifiedBefore: modified(before),
    ...addressFilters,
    ...externalDataSearch,
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
  show: (row, context) => ({ ...row, externalData: showExternalData(row.externalData, context) }),
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    customerId: integerIs((row) => row.customerId),
    ...addressFilters,
    ...externalDataSearch,
  },
});
