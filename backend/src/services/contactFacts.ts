import { z } from 'zod';
import type {
  MirroredBooking,
  MirroredCustomerContact,
  MirroredCustomer,
  MirroredLead,
} from '../state/mirroredRecords.ts';

/** A contact as the mirror says it: names are those of the contacts table. */
export interface ContactFacts {
  source_type: 'customer' | 'lead' | 'booking';
  source_id: number;
  name: string;
  email: string | null;
  phone: string | null;
  do_not_mail: boolean;
  do_not_service: boolean;
  marketing_allowed: boolean;
  reminders_allowed: boolean;
  active: boolean;
  merged_to_id: number | null;
}

const emailAddress = z.email();

/** The person behind a customer record: ServiceTitan keeps the ways to reach them apart, without saying which is first. */
export function contactOfCustomer(
  customer: MirroredCustomer,
  contacts: readonly MirroredCustomerContact[],
): ContactFacts {
  const own = contacts
    .filter((contact) => contact.active && contact.customerId === customer.id)
    .toSorted((a, b) => (a.createdOn < b.createdOn ? -1 : a.createdOn > b.createdOn ? 1 : a.id - b.id));
  const email = own.find(
    (contact) => contact.type === 'Email' && emailAddress.safeParse(contact.value.trim()).success,
  );
  const phone =
    own.find((contact) => contact.type === 'MobilePhone') ?? own.find((contact) => contact.type === 'Phone');
  return {
    source_type: 'customer',
    source_id: customer.id,
    name: customer.name,
    email: email?.value.trim() ?? null,
    phone: phone?.value ?? null,
    do_not_mail: customer.doNotMail,
    do_not_service: customer.doNotService,
    marketing_allowed: email?.preferences?.marketingUpdatesEnabled !== false,
    reminders_allowed: email?.preferences?.jobRemindersEnabled !== false,
    active: customer.active,
    merged_to_id: customer.mergedToId,
  };
}

/** Who asked by a lead and is no customer yet. */
export function contactOfLead(lead: MirroredLead): ContactFacts {
  const email = lead.leadEmail?.trim() ?? '';
  return {
    ...stranger,
    source_type: 'lead',
    source_id: lead.id,
    name: lead.leadCustomerName ?? 'Unknown caller',
    email: emailAddress.safeParse(email).success ? email : null,
    phone: lead.leadPhone,
    active: lead.active,
  };
}

/** Who asked by a booking and is no customer yet. */
export function contactOfBooking(booking: MirroredBooking): ContactFacts {
  const find = (types: string[], isUsable: (value: string) => boolean) =>
    booking.contacts
      ?.find(({ type, value }) => types.includes(type) && isUsable(value.trim()))
      ?.value.trim() ?? null;
  return {
    ...stranger,
    source_type: 'booking',
    source_id: booking.id,
    name: booking.name ?? 'Unknown caller',
    email: find(['Email'], (value) => emailAddress.safeParse(value).success),
    phone: find(['MobilePhone'], Boolean) ?? find(['Phone'], Boolean),
    active: booking.active,
  };
}

const stranger = {
  do_not_mail: false,
  do_not_service: false,
  marketing_allowed: true,
  reminders_allowed: true,
  merged_to_id: null,
} as const;
