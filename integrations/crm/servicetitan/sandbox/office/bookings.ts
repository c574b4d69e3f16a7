import { ApiError, conflict } from '../api/ApiError.ts';
import { bookingContactRow, bookingRow, type BookingContactRow, type BookingRow } from '../rows/crmRows.ts';
import type { NewContact } from './contacts.ts';
import type { Desk } from './Desk.ts';

export type NewBooking = Partial<Omit<BookingRow, 'id' | 'status' | 'createdOn' | 'modifiedOn'>> & {
  readonly name: string;
  readonly contacts?: readonly NewContact[] | undefined;
};

export function createBooking(desk: Desk, { contacts, ...input }: NewBooking): BookingRow {
  const { records, now } = desk;
  const booking = records.bookings.put(
    bookingRow.parse({ ...input, id: records.bookings.nextId(), createdOn: now, modifiedOn: now }),
  );
  for (const contact of contacts ?? []) addBookingContact(desk, booking.id, contact);
  return booking;
}

export function addBookingContact(
  { records, now }: Desk,
  bookingId: number,
  contact: NewContact,
): BookingContactRow {
  const id = records.booking_contacts.nextId();
  return records.booking_contacts.put(
    bookingContactRow.parse({ ...contact, id, bookingId, createdOn: now, modifiedOn: now }),
  );
}

export function updateBooking(
  { records, now }: Desk,
  booking: BookingRow,
  changes: Partial<BookingRow>,
): BookingRow {
  if (booking.status === 'Converted')
    throw conflict(`Booking ${booking.id} is Converted and cannot be changed.`);
  return records.bookings.put({ ...booking, ...changes, modifiedOn: now });
}

export function dismissBooking(
  { records, now }: Desk,
  booking: BookingRow,
  reasonId: number | null,
): BookingRow {
  if (booking.status === 'Converted') throw new ApiError(400, `Booking ${booking.id} is Converted already.`);
  return records.bookings.put({
    ...booking,
    status: 'Dismissed',
    dismissingReasonId: reasonId,
    modifiedOn: now,
  });
}

export function convertBooking({ records, now }: Desk, booking: BookingRow, jobId: number): BookingRow {
  return records.bookings.put({ ...booking, status: 'Converted', jobId, modifiedOn: now });
}
