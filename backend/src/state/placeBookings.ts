import type { MirroredBooking } from './mirroredRecords.ts';
import type { Facts } from './facts.ts';
import type { JourneyBook } from './JourneyBook.ts';
import type { JourneyRecords } from './journeyRecords.ts';

/** Places every booking at its job, else at the lead that names it, else by itself. */
export function placeBookings(
  facts: Facts,
  book: JourneyBook,
  homeOfLead: ReadonlyMap<number, JourneyRecords>,
): void {
  const namingLead = new Map<number, number>();
  for (const { id, bookingId } of facts.leads) {
    if (bookingId !== null) namingLead.set(bookingId, Math.min(id, namingLead.get(bookingId) ?? id));
  }
  for (const booking of facts.bookings) {
    const home =
      homeAtJob(booking, facts, book) ??
      homeOfLead.get(namingLead.get(booking.id) ?? 0) ??
      foundByBooking(booking, facts, book);
    home.bookings.push(booking);
  }
}

/** A job without a journey of its own founds one, so that a booking that became a repair is no lead any more. */
function homeAtJob(booking: MirroredBooking, facts: Facts, book: JourneyBook): JourneyRecords | undefined {
  const job = facts.jobs.get(booking.jobId ?? 0);
  if (!job || job.kind === 'void') return undefined;
  return book.homeOfJob(job.id) ?? book.foundByJob(job);
}

/** A booking has no customer but its job's. */
function foundByBooking(booking: MirroredBooking, facts: Facts, book: JourneyBook): JourneyRecords {
  return book.found({
    root: { type: 'booking', id: booking.id },
    customerId: facts.jobs.get(booking.jobId ?? 0)?.customerId ?? null,
    locationId: null,
    foundedOn: booking.createdOn,
    rootJob: null,
  });
}
