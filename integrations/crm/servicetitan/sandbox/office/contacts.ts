import {
  customerContactRow,
  locationContactRow,
  type CustomerContactRow,
  type LocationContactRow,
  type ReachableRow,
} from '../rows/crmRows.ts';
import type { ContactType } from '../rows/members.ts';
import type { Desk } from './Desk.ts';

export interface NewContact {
  readonly type: ContactType;
  readonly value: string;
  readonly memo?: string | null | undefined;
}

type ContactChanges = Partial<Pick<ReachableRow, 'type' | 'value' | 'memo' | 'preferences'>>;

/** Only telephones have settings, which keep what was said about texts when the number changes. */
function phoneSettings({ type, value }: NewContact, known: ReachableRow['phoneSettings'] = null) {
  if (type !== 'Phone' && type !== 'MobilePhone') return null;
  return { phoneNumber: value, doNotText: known?.doNotText ?? false };
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
      phoneSettings: phoneSettings(contact),
    }),
  );
}

export function addLocationContact(
  { records, now }: Desk,
  locationId: number,
  contact: NewContact,
): LocationContactRow {
  return records.location_contacts.put(
    locationContactRow.parse({
      ...contact,
      id: records.location_contacts.nextId(),
      locationId,
      createdOn: now,
      modifiedOn: now,
      phoneSettings: phoneSettings(contact),
    }),
  );
}

/** The contact as it becomes; the caller puts it where it belongs. */
export function changeContact<Row extends ReachableRow>(
  { now }: Desk,
  contact: Row,
  changes: ContactChanges,
): Row {
  const changed = { ...contact, ...changes, modifiedOn: now };
  return { ...changed, phoneSettings: phoneSettings(changed, contact.phoneSettings) };
}
