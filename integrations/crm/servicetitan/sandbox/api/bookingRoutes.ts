import { addBookingContact, createBooking, dismissBooking, updateBooking } from '../office/bookings.ts';
import { requireRow } from '../office/Desk.ts';
import { bookingContacts } from '../resources/contactResources.ts';
import { bookings, providerBookings } from '../resources/leadResources.ts';
import type { BookingContactRow, BookingRow } from '../rows/crmRows.ts';
import { invalid, notFound } from './ApiError.ts';
import {
  bookingChangesBody,
  bookingContactChangesBody,
  dismissBookingBody,
  newBookingBody,
} from './bookingBodies.ts';
import { newContact } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/bookings';
const providerPath = 'crm/v2/tenant/:tenant/booking-provider/:provider/bookings';
const scope = 'crm.bookings';
const hiddenInContacts = ['bookingId', 'createdOn', 'active'];

function providerOf(call: Call): number {
  const provider = pathId(call, 'provider');
  if (!call.client.grant.bookingProviderIds.includes(provider)) throw notFound('Booking provider', provider);
  return provider;
}

function bookingOf(call: Call): BookingRow {
  return requireRow(call.desk.records.bookings, 'Booking', pathId(call));
}

/** A provider sees only what came through it. */
function ownBookingOf(call: Call): BookingRow {
  const provider = providerOf(call);
  const booking = bookingOf(call);
  if (booking.bookingProviderId !== provider) throw notFound('Booking', booking.id);
  return booking;
}

function showBooking(call: Call, { id }: BookingRow) {
  return bookings.get(call.desk.records, id);
}

function contactsOf(call: Call, booking: BookingRow) {
  const contacts = call.desk.records.booking_contacts.ownedBy(booking.id).filter((row) => row.active);
  return listPart(
    call,
    contacts.map((contact) => ({ ...contact, memo: contact.memo ?? '' })),
    hiddenInContacts,
  );
}

function contactOf(call: Call): BookingContactRow {
  const booking = ownBookingOf(call);
  const id = pathId(call, 'contactId');
  const contact = call.desk.records.booking_contacts.get(id);
  if (!contact?.active || contact.bookingId !== booking.id) throw notFound('Contact', id);
  return contact;
}

export const bookingRoutes: readonly Route[] = [
  { method: 'GET', path: `${path}/:id/contacts`, scope, handle: (call) => contactsOf(call, bookingOf(call)) },
  {
    method: 'GET',
    path: providerPath,
    scope,
    handle: (call) => {
      const provider = providerOf(call);
      const query = new URLSearchParams(call.query);
      query.set('providerId', String(provider));
      return providerBookings.list(call.desk.records, query);
    },
  },
  {
    method: 'POST',
    path: providerPath,
    scope,
    handle: (call) => {
      const bookingProviderId = providerOf(call);
      const body = readBody(call, newBookingBody);
      if (!body.address && !body.contacts?.length) {
        throw invalid({ contacts: ['An address or a contact is required.'] });
      }
      checkLinks(call.desk.records, body);
      const start = body.start ?? call.desk.now;
      const booking = createBooking(call.desk, { ...givenMembers(body), start, bookingProviderId });
      return showBooking(call, booking);
    },
  },
  {
    method: 'GET',
    path: `${providerPath}/:id`,
    scope,
    handle: (call) => showBooking(call, ownBookingOf(call)),
  },
  {
    method: 'PATCH',
    path: `${providerPath}/:id`,
    scope,
    handle: (call) => {
      const booking = ownBookingOf(call);
      const changes = sentMembers(readBody(call, bookingChangesBody));
      checkLinks(call.desk.records, changes);
      return showBooking(call, updateBooking(call.desk, booking, changes));
    },
  },
  {
    method: 'POST',
    path: `${providerPath}/:id/dismiss`,
    scope,
    handle: (call) => {
      const booking = ownBookingOf(call);
      const { callReasonId } = readBody(call, dismissBookingBody);
      checkLinks(call.desk.records, { callReasonId });
      dismissBooking(call.desk, booking, callReasonId ?? null);
    },
  },
  {
    method: 'GET',
    path: `${providerPath}/:id/contacts`,
    scope,
    handle: (call) => contactsOf(call, ownBookingOf(call)),
  },
  {
    method: 'POST',
    path: `${providerPath}/:id/contacts`,
    scope,
    handle: (call) => {
      const contact = addBookingContact(call.desk, ownBookingOf(call).id, readBody(call, newContact));
      return bookingContacts.get(call.desk.records, contact.id);
    },
  },
  {
    method: 'PATCH',
    path: `${providerPath}/:id/contacts/:contactId`,
    scope,
    handle: (call) => {
      const contact = contactOf(call);
      const changes = sentMembers(readBody(call, bookingContactChangesBody));
      const { records, now } = call.desk;
      const { type, value, memo } = records.booking_contacts.put({ ...contact, ...changes, modifiedOn: now });
      return { type, value, memo: memo ?? '' };
    },
  },
  {
    method: 'DELETE',
    path: `${providerPath}/:id/contacts/:contactId`,
    scope,
    handle: (call) => {
      const { records, now } = call.desk;
      records.booking_contacts.put({ ...contactOf(call), active: false, modifiedOn: now });
    },
  },
];
