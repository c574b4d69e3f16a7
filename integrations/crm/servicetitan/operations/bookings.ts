import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { contactToCreate } from './shared.ts';
import { flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const address = z.object({
  street: text,
  unit: optional(text),
  city: text,
  state: text,
  zip: text,
  country: text,
});

const booking = z.object({
  id,
  source: text,
  createdOn: timestamp,
  name: text,
  address: optional(address),
  customerType: optional(word('Residential', 'Commercial')),
  start: timestamp,
  campaignId: optional(id),
  businessUnitId: optional(id),
  isFirstTimeClient: optional(flag),
  uploadedImages: optional(z.array(text)),
  isSendConfirmationEmail: optional(flag),
  status: word('New', 'Converted', 'Dismissed', 'Accepted'),
  dismissingReasonId: optional(id),
  jobId: optional(id),
  externalId: text,
  priority: optional(word('Low', 'Normal', 'High', 'Urgent')),
  jobTypeId: optional(id),
  bookingProviderId: id,
  modifiedOn: timestamp,
  summary: optional(text),
});

const bookingContact = z.object({
  id,
  type: word('Phone', 'Email', 'Fax', 'MobilePhone'),
  value: text,
  memo: text,
  modifiedOn: timestamp,
});

const sentAddress = z.strictObject({
  street: text,
  unit: text.nullish(),
  city: text,
  state: text,
  zip: text,
  country: text,
});

const newBooking = z.strictObject({
  source: text,
  name: text,
  address: sentAddress.nullish(),
  contacts: z.array(contactToCreate).nullish(),
  customerType: text.nullish(),
  start: sentTime.nullish(),
  summary: text,
  campaignId: id.nullish(),
  businessUnitId: id.nullish(),
  jobTypeId: id.nullish(),
  priority: z.enum(['Low', 'Normal', 'High', 'Urgent']).nullish(),
  isFirstTimeClient: flag,
  uploadedImages: z.array(text).nullish(),
  isSendConfirmationEmail: flag.nullish(),
  externalId: text,
});

const bookingAddressChanges = z.strictObject({
  street: text,
  unit: text,
  city: text,
  state: text,
  zip: text,
  country: text,
});

const bookingChanges = z.strictObject({
  source: text.optional(),
  name: text.optional(),
  address: bookingAddressChanges.optional(),
  customerType: z.enum(['Residential', 'Commercial']).optional(),
  start: sentTime.optional(),
  summary: text.optional(),
  campaignId: id.optional(),
  businessUnitId: id.optional(),
  jobTypeId: id.optional(),
  priority: z.enum(['Low', 'Normal', 'High', 'Urgent']).optional(),
  isFirstTimeClient: flag.optional(),
  uploadedImages: z.array(text).optional(),
  externalId: text.optional(),
});

const bookingDismissal = z.strictObject({ callReasonId: id.nullish(), dismissingMemo: text.nullish() });

const newBookingContact = z.strictObject({ type: text, value: text, memo: text.nullish() });

const exportedBooking = booking.extend({ active: flag });

const crm = apiModule('crm/v2');

export const bookingOperations = {
  listBookings: crm.list('bookings', {
    scope: 'crm.bookings',
    query: {
      ...standard,
      ids: parameter.ids,
      externalId: parameter.text,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
    },
    row: booking,
  }),
  getBooking: crm.get('bookings/{id}', { scope: 'crm.bookings', reply: booking }),
  listContactsOfBooking: crm.list('bookings/{id}/contacts', {
    scope: 'crm.bookings',
    query: {},
    row: bookingContact,
  }),
  createBooking: crm.post('booking-provider/{booking_provider}/bookings', {
    scope: 'crm.bookings',
    body: newBooking,
    reply: booking,
  }),
  listProviderBookings: crm.list('booking-provider/{booking_provider}/bookings', {
    scope: 'crm.bookings',
    query: {
      ...standard,
      ids: parameter.ids,
      externalId: parameter.text,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
    },
    row: booking,
  }),
  updateBooking: crm.patch('booking-provider/{booking_provider}/bookings/{id}', {
    scope: 'crm.bookings',
    body: bookingChanges,
    reply: booking,
  }),
  dismissBooking: crm.post('booking-provider/{booking_provider}/bookings/{id}/dismiss', {
    scope: 'crm.bookings',
    body: bookingDismissal,
    reply: nothing,
  }),
  createBookingContact: crm.post('booking-provider/{booking_provider}/bookings/{id}/contacts', {
    scope: 'crm.bookings',
    body: newBookingContact,
    reply: bookingContact,
  }),
  exportBookings: crm.feed('export/bookings', { scope: 'crm.bookings', row: exportedBooking }),
};
