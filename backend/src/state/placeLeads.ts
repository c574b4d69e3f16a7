import type { MirroredLead } from './mirroredRecords.ts';
import { appendTo, byCreation } from './compare.ts';
import type { Facts } from './facts.ts';
import { overAt, type JobFacts } from './jobFacts.ts';
import type { JourneyBook } from './JourneyBook.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import { addDays } from './timestamps.ts';

/** A visit that is booked within so many days of a lead is what the lead led to. */
const bookedWithinDays = 30;

/** Places every lead at the visit that it led to or that was open when it came. Returns the home of each lead. */
export function placeLeads(facts: Facts, book: JourneyBook): Map<number, JourneyRecords> {
  const visits = new Map<number, JobFacts[]>();
  for (const job of [...facts.jobs.values()].filter(({ kind }) => kind === 'sales').toSorted(byCreation)) {
    if (job.customerId !== null) appendTo(visits, job.customerId, job);
  }
  const leads = Map.groupBy(facts.leads, ({ customerId }) => facts.winnerOf(customerId));

  const homes = new Map<number, JourneyRecords>();
  for (const [customerId, ofCustomer] of leads) {
    const jobs = customerId === null ? [] : (visits.get(customerId) ?? []);
    for (const [lead, job] of visitsOfLeads(ofCustomer, jobs)) {
      const journey = job ? book.foundByJob(job) : foundByLead(lead, customerId, book);
      journey.leads.push(lead);
      homes.set(lead.id, journey);
    }
  }
  return homes;
}

/** Both lists are of one customer, in the order in which they were created: one pass serves all leads. */
function* visitsOfLeads(
  leads: readonly MirroredLead[],
  jobs: readonly JobFacts[],
): Generator<[MirroredLead, JobFacts | null]> {
  let next = 0;
  const earlier: JobFacts[] = [];
  for (const lead of leads) {
    for (let job = jobs[next]; job && job.createdOn < lead.createdOn; job = jobs[next]) {
      earlier.push(job);
      next += 1;
    }
    const following = jobs[next];
    const isBooked = following && following.createdOn <= addDays(lead.createdOn, bookedWithinDays);
    yield [lead, isBooked ? following : newestOpenAt(lead.createdOn, earlier)];
  }
}

/** The newest of the jobs that was open at the time. Jobs that were over are dropped: no later lead needs them. */
function newestOpenAt(time: string, jobs: JobFacts[]): JobFacts | null {
  for (let newest = jobs.at(-1); newest; newest = jobs.at(-1)) {
    const over = overAt(newest);
    if (over === null || over > time) return smallestOfSameAge(newest, jobs, time);
    jobs.pop();
  }
  return null;
}

function smallestOfSameAge(newest: JobFacts, jobs: readonly JobFacts[], time: string): JobFacts {
  let smallest = newest;
  for (let index = jobs.length - 1; jobs[index]?.createdOn === newest.createdOn; index -= 1) {
    const job = jobs[index] ?? newest;
    const over = overAt(job);
    if (over === null || over > time) smallest = job;
  }
  return smallest;
}

function foundByLead(lead: MirroredLead, customerId: number | null, book: JourneyBook): JourneyRecords {
  return book.found({
    root: { type: 'lead', id: lead.id },
    customerId,
    locationId: lead.locationId,
    foundedOn: lead.createdOn,
    rootJob: null,
  });
}
