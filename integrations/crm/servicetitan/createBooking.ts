import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { readRows, type Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { bookingRecord, type BookingRecord } from './schemas/records.ts';
import { newBooking, type NewBooking } from './schemas/requests.ts';
import { writeOnce } from './writeOnce.ts';

export interface CreatedBooking {
  booking: BookingRecord;
  /** False when a booking with the same external id stood there already. */
  created: boolean;
}

/** Creates a booking once: it is known by its `externalId`. */
export async function createBooking(
  reader: Reader,
  { input, options }: { input: NewBooking; options: CallOptions },
): Promise<CreatedBooking> {
  const { method, path } = operations.createBooking;
  const filled = fillPath(path, {}, reader.settings);
  const parsed = newBooking.safeParse(input);
  if (!parsed.success) {
    throw new IntegrationError('invalid', `Complete the booking: ${summarize(parsed.error).join('; ')}.`);
  }
  const { record, created } = await writeOnce(reader, {
    what: 'the booking',
    find: async () => await findBooking(reader, parsed.data.externalId, options),
    send: async () =>
      await reader.transport.request({
        method,
        path: filled,
        body: parsed.data,
        schema: bookingRecord,
        repeatable: false,
        ...options,
      }),
    options,
  });
  return { booking: record, created };
}

async function findBooking(
  reader: Reader,
  externalId: string,
  options: CallOptions,
): Promise<BookingRecord | undefined> {
  const bookings = await readRows(reader, {
    operation: operations.listProviderBookings,
    row: bookingRecord,
    input: { externalId },
    options,
  });
  // An ignored filter would answer with other bookings.
  return bookings.find((booking) => booking.externalId === externalId);
}
