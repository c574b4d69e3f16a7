import { createBooking } from '../office/bookings.ts';
import type { Desk } from '../office/Desk.ts';
import { createLead, dismissLead } from '../office/leads.ts';
import { hoursAfter } from '../story/localTime.ts';
import { inventCustomer } from '../story/inventCustomer.ts';
import type { HistoryInput } from './History.ts';

export interface StrangerInput extends HistoryInput {
  /** Makes the stranger unlike every other, and every customer. */
  readonly number: string;
  readonly deskAt: (daysAgo: number) => Desk;
  /** How far back the oldest lies, in days. */
  readonly days: number;
}

/** Somebody of whom the office knows no customer yet, and who filled in the form. */
export function writeStrangersLead({ number, timeZone, random, deskAt, days }: StrangerInput): void {
  const person = inventCustomer(random, { timeZone, number });
  const email = person.contacts?.find((contact) => contact.type === 'Email')?.value ?? null;
  const daysAgo = random.between(0.2, days);
  const lead = createLead(deskAt(daysAgo), {
    leadCustomerName: person.name,
    leadEmail: email,
    summary: 'Filled in the form',
    campaignId: 2,
  });
  if (daysAgo > 60) dismissLead(deskAt(daysAgo - random.between(1, 30)), lead, 1);
}

/** Somebody who booked online, sometimes with a lead beside it. */
export function writeStrangersBooking({ number, timeZone, random, deskAt }: StrangerInput): void {
  const { name, contacts, address } = inventCustomer(random, { timeZone, number });
  const desk = deskAt(random.between(0.2, 20));
  const booking = createBooking(desk, {
    name,
    contacts,
    address: { street: null, unit: null, city: null, state: null, zip: null, country: null, ...address },
    source: 'Website',
    summary: 'Booked online: new system',
    isFirstTimeClient: true,
    externalId: number,
    start: hoursAfter(desk.now, 72),
  });
  if (random.chance(0.3)) createLead(desk, { bookingId: booking.id, leadCustomerName: name, campaignId: 3 });
}
