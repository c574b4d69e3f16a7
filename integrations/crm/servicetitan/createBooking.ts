import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { listAll } from './lists.ts';
import { bookingRecord, type BookingRecord } from './schemas/records.ts';
import { newBooking, type NewBooking } from './schemas/requests.ts';
import type { Endpoint, ServiceTitanTransport } from './ServiceTitanTransport.ts';

export interface CreatedBooking {
  booking: BookingRecord;
  /** False when a booking with the same external id stood there already. */
  created: boolean;
}

/** How long each unconfirmed attempt gets to show up before it is looked for. */
const lookUpDelaysMs = [2000, 5000, 10_000];

/**
 * Creates a booking once: `externalId` is looked up before every attempt, so neither a lost answer nor a repeated
 * call makes a second one.
 */
export async function createBooking(
  transport: ServiceTitanTransport,
  options: { input: NewBooking; bookingProviderId: number | undefined; signal?: AbortSignal | undefined },
): Promise<CreatedBooking> {
  const { bookingProviderId, signal } = options;
  if (bookingProviderId === undefined) {
    throw new IntegrationError(
      'invalid',
      'Enter the booking provider ID in the connection: ServiceTitan takes bookings only through a provider that the tenant has bound to the app.',
    );
  }
  const parsed = newBooking.safeParse(options.input);
  if (!parsed.success) {
    throw new IntegrationError('invalid', `Complete the booking: ${summarize(parsed.error).join('; ')}.`);
  }
  const endpoint: Endpoint = { module: 'crm', path: `booking-provider/${bookingProviderId}/bookings` };
  const { externalId } = parsed.data;
  const lookUp = () => findBooking(transport, { endpoint, externalId, signal });
  const known = await lookUp();
  if (known) return { booking: known, created: false };
  for (const delayMs of lookUpDelaysMs) {
    try {
      const booking = await transport.post({ ...endpoint, body: parsed.data, schema: bookingRecord, signal });
      return { booking, created: true };
    } catch (error) {
      if (!(error instanceof IntegrationError) || !error.outcomeUnknown) throw error;
      await transport.sleep(delayMs, signal);
      const made = await lookUp();
      if (made) return { booking: made, created: true };
      // These two are over; behind silence or a gateway's answer the booking may still be in the making.
      if (error.status !== 500 && error.status !== 503) throw repeatable(error);
    }
  }
  throw repeatable(undefined);
}

/** The failure of a booking that may be tried again later: by then the look-up tells what became of it. */
function repeatable(error: IntegrationError | undefined): IntegrationError {
  return new IntegrationError(
    'unavailable',
    'ServiceTitan did not confirm the booking, and it is not to be found yet: try again in some minutes; it is not made twice.',
    { status: error?.status, requestId: error?.requestId, cause: error },
  );
}

async function findBooking(
  transport: ServiceTitanTransport,
  {
    endpoint,
    externalId,
    signal,
  }: { endpoint: Endpoint; externalId: string; signal: AbortSignal | undefined },
): Promise<BookingRecord | undefined> {
  const bookings = await listAll(transport, {
    ...endpoint,
    query: { externalId },
    schema: bookingRecord,
    signal,
  });
  // An ignored filter would answer with other bookings.
  return bookings.find((booking) => booking.externalId === externalId);
}
