import type { MirroredBooking, MirroredLead } from './mirroredRecords.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import type { JobFacts } from './jobFacts.ts';
import type { JourneyRoot } from './roots.ts';

/** One opportunity: its root and the records that joined it. */
export interface JourneyRecords {
  root: JourneyRoot;
  /** The root's customer, after merges. */
  customerId: number | null;
  /** Where the root is; unknown locations are never the same. */
  locationId: number | null;
  foundedOn: string;
  /** The root when it is a job in play: a sales job, an install job of its own, or another job with estimates. */
  rootJob: JobFacts | null;
  installJobs: JobFacts[];
  /** The counting ones. */
  estimates: Set<EstimateFacts>;
  leads: MirroredLead[];
  bookings: MirroredBooking[];
}

/** The root job and the install jobs, each once. */
export function jobsOf(journey: JourneyRecords): JobFacts[] {
  const { rootJob, installJobs } = journey;
  return rootJob && rootJob.kind !== 'install' ? [rootJob, ...installJobs] : installJobs;
}

/** All records of a journey; the root is among them even where only its id is known. */
export function membersOf(journey: JourneyRecords): JourneyRoot[] {
  const members: JourneyRoot[] = [
    ...jobsOf(journey).map(({ id }) => ({ type: 'job' as const, id })),
    ...[...journey.estimates].map(({ id }) => ({ type: 'estimate' as const, id })),
    ...journey.leads.map(({ id }) => ({ type: 'lead' as const, id })),
    ...journey.bookings.map(({ id }) => ({ type: 'booking' as const, id })),
  ];
  const { root } = journey;
  return members.some(({ type, id }) => type === root.type && id === root.id) ? members : [root, ...members];
}
