import type { CallRow } from '../rows/callRows.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';

function unknownCaller({ from, createdOn, modifiedOn }: CallRow) {
  return {
    id: 0,
    active: false,
    name: from,
    email: '',
    balance: null,
    doNotMail: false,
    address: { street: '', unit: '', country: '', city: '', state: '', zip: '', streetAddress: '' },
    importId: '',
    doNotService: false,
    type: 'Residential',
    contacts: [],
    mergedToId: null,
    modifiedOn,
    memberships: [],
    hasActiveMembership: false,
    customFields: [],
    createdOn,
    createdBy: null,
    phoneSettings: [],
  };
}

function showContacts({ id }: CustomerRow, records: TenantRecords) {
  return records.customer_contacts.ownedBy(id).filter((contact) => contact.active);
}

function showMemberships({ id, address: _address }: CustomerRow, records: TenantRecords) {
  return records.memberships.ownedBy(id).map((row) => ({
    id: row.id,
    active: row.active,
    type: {
      id: row.membershipTypeId,
      active: records.membership_types.get(row.membershipTypeId)?.active ?? false,
      name: records.membership_types.get(row.membershipTypeId)?.name ?? '',
    },
    status: row.status,
    from: row.from,
    to: row.to,
    locationId: row.locationId ?? 0,
  }));
}

/** Who called, as version 2 shows customers: whole, with contacts, settings and memberships. */
export function showCaller(customer: CustomerRow | undefined, records: TenantRecords, call: CallRow): object {
  if (!customer) return unknownCaller(call);
  const { street, unit, city, state, zip, country, latitude, longitude } = customer.address;
  const contacts = showContacts(customer, records);
  const memberships = showMemberships(customer, records);
  return {
    id: customer.id,
    active: customer.active,
    name: customer.name,
    email: contacts.find((contact) => contact.type === 'Email')?.value ?? '',
    balance: customer.balance,
    doNotMail: customer.doNotMail,
    address: {
      street,
      unit: unit ?? '',
      country,
      city,
      state,
      zip,
      streetAddress: street,
      latitude,
      longitude,
    },
    importId: '',
    doNotService: customer.doNotService,
    type: customer.type,
    contacts: contacts.map(({ id, type, value, memo, active, modifiedOn }) => ({
      id,
      type,
      value,
      memo: memo ?? '',
      active,
      modifiedOn,
    })),
    mergedToId: customer.mergedToId,
    modifiedOn: customer.modifiedOn,
    memberships,
    hasActiveMembership: memberships.some((membership) => membership.status === 'Active'),
    customFields: customer.customFields.map(({ typeId, name, value }) => ({
      typeId,
      name: name ?? '',
      value: value ?? '',
    })),
    createdOn: customer.createdOn,
    createdBy: customer.createdById,
    phoneSettings: contacts.map(({ phoneSettings }) => phoneSettings).filter((settings) => settings !== null),
  };
}
