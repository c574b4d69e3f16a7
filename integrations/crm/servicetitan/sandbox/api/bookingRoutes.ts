import { addBookingContact, createBooking, dismissBooking, updateBooking } from '../office/bookings.ts';
import { requireRow } from '../office/Desk.ts';
import { without } from '../resources/defineResource.ts';
import type { BookingContactRow, BookingRow } from '../rows/crmRows.ts';
import { invalid, notFound } from './ApiError.ts';
import { bookingChangesBody, contactBody, dismissBookingBody, newBookingBody } from './bodies.ts';
import { listPart } from './listPart.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/bookings';
const providerPath = 'crm/v2/tenant/:tenant/booking-provider/:provider/bookings';
const scope = 'crm.bookings';
const hiddenInContacts = ['bookingId', 'createdOn', 'active'];

function providerOf(call: Call): number {
  const provider = pathId(call, 'provider');
  if (provider !== call.tenant.bookingProviderId) throw notFound('Booking provider', provider);
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

function showBooking(booking: BookingRow) {
  return without(booking, new Set(['active']));
}

function contactsOf(call: Call, booking: BookingRow) {
  return listPart(call, call.desk.records.booking_contacts.ownedBy(booking.id), hiddenInContacts);
}

function showContact(contact: BookingContactRow) {
  return without(contact, new Set(hiddenInContacts));
}

export const bookingRoutes: readonly Route[] = [
  { method: 'GET', path: `${path}/:id/contacts`, scope, handle: (call) => contactsOf(call, bookingOf(call)) },
  {
    method: 'GET',
    path: providerPath,
    scope,
    handle: (call) => {
      const provider = providerOf(call);
      const own = call.desk.records.bookings.where((row) => row.active && row.bookingProviderId === provider);
      return listPart(call, own, ['active']);
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
      const start = body.start ?? call.desk.now;
      return showBooking(createBooking(call.desk, { ...sentMembers(body), start, bookingProviderId }));
    },
  },
  { method: 'GET', path: `${providerPath}/:id`, scope, handle: (call) => showBooking(ownBookingOf(call)) },
  {
    method: 'PATCH',
    path: `${providerPath}/:id`,
    scope,
    handle: (call) => {
      const booking = ownBookingOf(call);
      return showBooking(updateBooking(call.desk, booking, sentMembers(readBody(call, bookingChangesBody))));
    },
  },
  {
    method: 'POST',
    path: `${providerPath}/:id/dismiss`,
    scope,
    handle: (call) => {
      dismissBooking(call.desk, ownBookingOf(call), readBody(call, dismissBookingBody).callReasonId ?? null);
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
    handle: (call) =>
      showContact(addBookingContact(call.desk, ownBookingOf(call).id, readBody(call, contactBody))),
  },
];
