import { byCreation } from './compare.ts';
import type { Facts } from './facts.ts';
import { JourneyBook } from './JourneyBook.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import { placeBookings } from './placeBookings.ts';
import { placeInstalls } from './placeInstalls.ts';
import { placeLeads } from './placeLeads.ts';

/** Joins each record to exactly one journey. */
export function placeRecords(facts: Facts): JourneyRecords[] {
  const book = new JourneyBook(facts);
  for (const job of facts.jobs.values()) {
    if (job.kind === 'sales') book.foundByJob(job);
  }
  for (const estimate of [...facts.estimates.values()].toSorted(byCreation)) {
    if (estimate.counts) book.joinEstimate(estimate);
  }
  placeInstalls(facts, book);
  placeBookings(facts, book, placeLeads(facts, book));
  return book.journeys;
}
