import { createLead } from '../office/leads.ts';
import { sellEstimate } from '../office/estimates.ts';
import { cancelJob } from '../office/jobs.ts';
import { dayMs } from '../durations.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { timeOf } from '../timestamps.ts';
import { bookVisit, finishVisit, locationOf, presentEstimate, type Scene, scheduleInstall } from './acts.ts';
import { isPresented, kindOf } from './jobKind.ts';
import { currentOpportunity, isOpen, type Opportunity } from './opportunity.ts';
import { genuineReason, workReference } from './reference.ts';

export function opportunityOf({ desk, customer }: Scene): Opportunity {
  return currentOpportunity(desk.records, customer.id);
}

export function openVisits({ desk, customer }: Scene): JobRow[] {
  return desk.records.jobs
    .ownedBy(customer.id)
    .filter((job) => isOpen(job) && kindOf(desk.records, job) === 'sales');
}

/** Other business that is open would hide what this event is to show. */
export function refuseOther(
  { desk, customer }: Scene,
  own: readonly JobRow[],
  consequence: string,
): string | null {
  const { jobs, estimates } = desk.records;
  const ownIds = new Set(own.map((job) => job.id));
  const offered = new Set(
    estimates
      .ownedBy(customer.id)
      .filter(isPresented)
      .map((row) => row.jobId),
  );
  const other = jobs.ownedBy(customer.id).find((job) => {
    const kind = kindOf(desk.records, job);
    const isBusiness = kind === 'sales' || kind === 'install' || (kind === 'other' && offered.has(job.id));
    return isOpen(job) && !ownIds.has(job.id) && isBusiness;
  });
  return other ? `has other open business, job ${other.id}: ${consequence}` : null;
}

/** An install that was booked without an estimate in the last week would be taken for the work of one sold now. */
export function refuseLooseInstall({ desk, customer }: Scene): string | null {
  const loose = desk.records.jobs.ownedBy(customer.id).find((job) => {
    const isRecent = timeOf(desk.now) - timeOf(job.createdOn) <= 8 * dayMs;
    return isRecent && !job.createdFromEstimateId && kindOf(desk.records, job) === 'install';
  });
  return loose
    ? `had install job ${loose.id} booked without an estimate in the last days: a sale now would be its`
    : null;
}

export function receiveLead({ desk, customer, random }: Scene): void {
  const contacts = desk.records.customer_contacts.ownedBy(customer.id).filter((contact) => contact.active);
  createLead(desk, {
    customerId: customer.id,
    locationId: locationOf({ desk, customer, random, timeZone: 'UTC' }).id,
    ...workReference(desk, 'sales', random),
    campaignId: random.int(1, 6),
    summary: random.pick([
      'Asked for a quote on the website',
      'Called about a new system',
      'Came by a neighbour',
    ]),
    leadCustomerName: customer.name,
    leadEmail: contacts.find((contact) => contact.type === 'Email')?.value ?? null,
    leadPhone: contacts.find((contact) => contact.type !== 'Email')?.value ?? null,
  });
}

export function cancelForCustomer({ desk, random }: Scene, job: JobRow): void {
  const memo = random.pick([
    'Customer called',
    'Wants to think it over',
    'Chose another date, will call back',
  ]);
  cancelJob(desk, job, { reasonId: genuineReason(desk, random), memo });
}

export function createEstimateAfterVisit(scene: Scene): EstimateRow {
  const { stage, visit, lead } = opportunityOf(scene);
  const goesOn = visit !== null && (stage === 'booked' || stage === 'visited' || stage === 'estimated');
  const place = goesOn ? visit : bookVisit(scene, { leadId: lead?.id ?? null });
  return presentEstimate(scene, isOpen(place) ? finishVisit(scene, place) : place);
}

export function sell(scene: Scene): EstimateRow {
  const { stage, estimates } = opportunityOf(scene);
  const isBefore = stage === 'estimated' || stage === 'booked';
  const open = isBefore ? estimates.findLast((row) => row.status?.name === 'Open') : undefined;
  return sellEstimate(scene.desk, open ?? createEstimateAfterVisit(scene), scene.random.int(601, 604));
}

export function schedule(scene: Scene): JobRow {
  const { stage, estimates } = opportunityOf(scene);
  const isBefore = stage === 'sold' || stage === 'install_canceled';
  const sold = isBefore ? estimates.findLast((row) => row.status?.name === 'Sold') : undefined;
  return scheduleInstall(scene, sold ?? sell(scene));
}
