import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { readRows, type Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { sendOnce } from './operations/sendOnce.ts';
import { bookingRecord, type BookingRecord } from './schemas/records.ts';
import { newBooking, type NewBooking } from './schemas/requests.ts';

export interface CreatedBooking {
  booking: BookingRecord;
  /** False when a booking with the same external id stood there already. */
  created: boolean;
}

/**
 * Creates a booking once: `externalId` is looked up before every attempt, so neither a lost answer nor a repeated
 * call makes a second one.
 */
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
  const find = async () => await findBooking(reader, parsed.data.externalId, options);
  const known = await find();
  if (known) return { booking: known, created: false };
  try {
    const booking = await sendOnce(reader.transport, {
      what: 'the booking',
      send: async () =>
        await reader.transport.request({
          method,
          path: filled,
          body: parsed.data,
          schema: bookingRecord,
          repeatable: false,
          ...options,
        }),
      find: async () => {
        const made = await find();
        return made && { reply: made };
      },
      isExact: true,
      signal: options.signal,
    });
    return { booking, created: true };
  } catch (error) {
    if (error instanceof IntegrationError && error.outcomeUnknown) throw repeatable(error);
    throw error;
  }
}

/** The failure of a booking that may be tried again later: by then the look-up tells what became of it. */
function repeatable({ status, requestId, cause }: IntegrationError): IntegrationError {
  return new IntegrationError(
    'unavailable',
    'ServiceTitan did not confirm the booking, and it is not to be found yet: try again in some minutes; it is not made twice.',
    { status, requestId, cause },
  );
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
