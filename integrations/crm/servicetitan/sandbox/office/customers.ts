import { conflict } from '../api/ApiError.ts';
import type { Collection, StoredRow } from '../Collection.ts';
import { customerRow, locationRow } from '../rows/crmRows.ts';
import type { CustomerContactRow, CustomerRow, LocationContactRow, LocationRow } from '../rows/crmRows.ts';
import type { AddressGeo } from '../rows/members.ts';
import { addCustomerContact, addLocationContact, type NewContact } from './contacts.ts';
import type { Desk } from './Desk.ts';

/** Members that both have on the wire; what they leave out gets its default. */
type Members<Row> = Partial<Omit<Row, 'id' | 'name' | 'address' | 'createdOn' | 'modifiedOn'>>;

export interface NewLocation extends Members<Omit<LocationRow, 'customerId'>> {
  readonly name: string;
  readonly address: Partial<AddressGeo>;
  readonly contacts?: readonly NewContact[] | undefined;
}

export interface NewCustomer extends Members<CustomerRow> {
  readonly name: string;
  readonly address: Partial<AddressGeo>;
  readonly locations: readonly NewLocation[];
  readonly contacts?: readonly NewContact[] | undefined;
}

export interface CreatedLocation {
  readonly location: LocationRow;
  readonly contacts: readonly LocationContactRow[];
}

export interface CreatedCustomer {
  readonly customer: CustomerRow;
  readonly locations: readonly CreatedLocation[];
  readonly contacts: readonly CustomerContactRow[];
}

/** A record that belongs to a customer. */
type OwnedRow = StoredRow & { readonly customerId: number | null };

/** A customer with its locations. Contacts of a new location are copied to the customer, as ServiceTitan does. */
export function createCustomer(desk: Desk, input: NewCustomer): CreatedCustomer {
  const { records, now } = desk;
  const { locations, contacts = [], ...members } = input;
  const dates = { createdOn: now, modifiedOn: now };
  const customer = records.customers.put(
    customerRow.parse({ ...members, ...dates, id: records.customers.nextId() }),
  );
  const copied = locations.flatMap((location) => location.contacts ?? []);
  return {
    customer,
    locations: locations.map((location) => createLocation(desk, customer.id, location)),
    contacts: withoutRepeats([...contacts, ...copied]).map((contact) =>
      addCustomerContact(desk, customer.id, contact),
    ),
  };
}

function withoutRepeats(contacts: readonly NewContact[]): NewContact[] {
  return [...new Map(contacts.map((contact) => [`${contact.type} ${contact.value}`, contact])).values()];
}

export function createLocation(
  desk: Desk,
  customerId: number,
  { contacts = [], ...members }: NewLocation,
): CreatedLocation {
  const { records, now } = desk;
  const id = records.locations.nextId();
  const location = records.locations.put(
    locationRow.parse({ ...members, id, customerId, createdOn: now, modifiedOn: now }),
  );
  return { location, contacts: contacts.map((contact) => addLocationContact(desk, id, contact)) };
}

export function addLocation(desk: Desk, customerId: number, input: NewLocation): LocationRow {
  return createLocation(desk, customerId, input).location;
}

/** A change of the customer itself, as opposed to one of its balance. */
export function updateCustomer(
  { records, now }: Desk,
  customer: CustomerRow,
  changes: Partial<CustomerRow>,
): CustomerRow {
  return records.customers.put({ ...customer, ...changes, modifiedOn: now, profileModifiedOn: null });
}

/** Adds to what a customer owes. That moves its modifiedOn, but callers may ask to leave such changes out. */
export function chargeCustomer({ records, now }: Desk, customerId: number, amount: number): void {
  const customer = records.customers.get(customerId);
  if (!customer) return;
  records.customers.put({
    ...customer,
    balance: Number((customer.balance + amount).toFixed(2)),
    modifiedOn: now,
    profileModifiedOn: customer.profileModifiedOn ?? customer.modifiedOn,
  });
}

/** What was merged into another record is closed: the other one is changed instead. */
export function requireUnmerged(noun: string, row: { id: number; mergedToId: number | null }): void {
  if (row.mergedToId)
    throw conflict(`${noun} ${row.id} was merged into ${row.mergedToId} and cannot be changed.`);
}

/** What merging does in ServiceTitan's own screens: the loser is deactivated, all that is its own goes to the winner. */
export function mergeCustomers(desk: Desk, loserId: number, winnerId: number): void {
  const { records, now } = desk;
  const loser = records.customers.get(loserId);
  if (!loser) return;
  const closed = { active: false, mergedToId: winnerId, balance: 0 };
  records.customers.put({ ...loser, ...closed, modifiedOn: now, profileModifiedOn: null });
  if (loser.balance !== 0) chargeCustomer(desk, winnerId, loser.balance);

  // Where children are not touched they reappear under the winner without being in any change feed.
  const isTouched = records.switches.mergeTouchesChildren === 'true';
  function move<Row extends OwnedRow>(collection: Collection<Row>, rows = collection.ownedBy(loserId)): void {
    for (const row of rows) {
      const moved = { ...row, customerId: winnerId };
      if (isTouched) collection.put({ ...moved, modifiedOn: now });
      else collection.putQuietly(moved);
    }
  }
  const places = records.locations.ownedBy(loserId);
  const jobs = records.jobs.ownedBy(loserId);
  move(
    records.installed_equipment,
    places.flatMap(({ id }) => records.installed_equipment.ownedBy(id)),
  );
  move(
    records.appointments,
    jobs.flatMap(({ id }) => records.appointments.ownedBy(id)),
  );
  move(records.locations, places);
  move(records.jobs, jobs);
  move(records.customer_contacts);
  move(records.customer_notes);
  move(records.leads);
  move(records.projects);
  move(records.estimates);
  move(records.invoices);
  move(records.payments);
  move(records.memberships);
  move(records.calls);
}
