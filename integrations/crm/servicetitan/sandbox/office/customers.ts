import { customerContactRow, customerRow, locationRow } from '../rows/crmRows.ts';
import type { CustomerContactRow, CustomerRow, LocationRow } from '../rows/crmRows.ts';
import type { AddressGeo, ContactType } from '../rows/members.ts';
import type { Desk } from './Desk.ts';

export interface NewContact {
  readonly type: ContactType;
  readonly value: string;
  readonly memo?: string | null | undefined;
}

export interface NewLocation {
  readonly name: string;
  readonly address: Partial<AddressGeo>;
  readonly contacts?: readonly NewContact[] | undefined;
}

export interface NewCustomer {
  readonly name: string;
  readonly type?: 'Residential' | 'Commercial' | undefined;
  readonly address: Partial<AddressGeo>;
  readonly locations: readonly NewLocation[];
  readonly contacts?: readonly NewContact[] | undefined;
  readonly doNotMail?: boolean | undefined;
  readonly doNotService?: boolean | undefined;
}

export interface CreatedCustomer {
  readonly customer: CustomerRow;
  readonly locations: readonly LocationRow[];
  readonly contacts: readonly CustomerContactRow[];
}

/** A customer with its locations. Contacts of a new location are copied to the customer, as ServiceTitan does. */
export function createCustomer(desk: Desk, input: NewCustomer): CreatedCustomer {
  const { records, now } = desk;
  const { locations, contacts, ...members } = input;
  const dates = { createdOn: now, modifiedOn: now };
  const customer = records.customers.put(
    customerRow.parse({ ...members, ...dates, id: records.customers.nextId() }),
  );
  return {
    customer,
    locations: locations.map((location) => addLocation(desk, customer.id, location)),
    contacts: [...(contacts ?? []), ...locations.flatMap((location) => location.contacts ?? [])].map(
      (contact) => addCustomerContact(desk, customer.id, contact),
    ),
  };
}

export function addLocation(
  { records, now }: Desk,
  customerId: number,
  { name, address }: NewLocation,
): LocationRow {
  const id = records.locations.nextId();
  return records.locations.put(
    locationRow.parse({ id, customerId, name, address, createdOn: now, modifiedOn: now }),
  );
}

/** A contact is a record of its own: the customer's modifiedOn does not move. */
export function addCustomerContact(
  { records, now }: Desk,
  customerId: number,
  contact: NewContact,
): CustomerContactRow {
  return records.customer_contacts.put(
    customerContactRow.parse({
      ...contact,
      id: records.customer_contacts.nextId(),
      customerId,
      createdOn: now,
      modifiedOn: now,
      phoneSettings:
        contact.type === 'Phone' || contact.type === 'MobilePhone'
          ? { phoneNumber: contact.value, doNotText: false }
          : null,
    }),
  );
}

/** What merging does in ServiceTitan's own screens: the loser is deactivated, its jobs and estimates go to the winner. */
export function mergeCustomers({ records, now }: Desk, loserId: number, winnerId: number): void {
  const loser = records.customers.get(loserId);
  if (!loser) return;
  records.customers.put({ ...loser, active: false, mergedToId: winnerId, modifiedOn: now });
  for (const location of records.locations.ownedBy(loserId)) {
    records.locations.put({ ...location, customerId: winnerId, modifiedOn: now });
  }
  for (const job of records.jobs.ownedBy(loserId)) {
    records.jobs.put({ ...job, customerId: winnerId, modifiedOn: now });
  }
  for (const estimate of records.estimates.ownedBy(loserId)) {
    records.estimates.put({ ...estimate, customerId: winnerId, modifiedOn: now });
  }
}
