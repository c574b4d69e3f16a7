import { cancelJob } from '../office/jobs.ts';
import { createLead } from '../office/leads.ts';
import { sellEstimate } from '../office/estimates.ts';
import type { CustomerRow } from '../rows/crmRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import { dayMs } from '../durations.ts';
import { timeOf } from '../timestamps.ts';
import {
  bookVisit,
  finishInstall,
  finishVisit,
  locationOf,
  presentEstimate,
  type Scene,
  scheduleInstall,
} from './acts.ts';
import { isPresented, kindOf } from './jobKind.ts';
import { currentOpportunity, isOpen, type Opportunity, type Stage } from './opportunity.ts';
import { genuineReason, workReference } from './reference.ts';
import type { StoryEventName } from './storyInput.ts';

interface StoryEvent {
  /** Whom a random choice looks for, best first. */
  readonly prefers: readonly Stage[];
  /** Why this customer cannot do it, in words for the user; null if it can. */
  readonly refusal: (scene: Scene, opportunity: Opportunity) => string | null;
  /** Makes a customer able to do it who is not, when a random choice finds nobody. */
  readonly prepare?: (scene: Scene) => void;
  readonly play: (scene: Scene) => void;
}

/** What each event asks for and what an office then writes. */
export const storyEventTable: Readonly<Record<StoryEventName, StoryEvent>> = {
  lead_received: {
    prefers: [],
    refusal: (scene) => refuseOther(scene, [], 'a lead now would belong to it'),
    play: receiveLead,
  },
  sales_booked: {
    prefers: ['lead', 'none', 'complete', 'canceled'],
    refusal: (_scene, { stage, visit }) =>
      stage === 'booked' ? `has a sales visit booked already: job ${visit?.id}` : null,
    play: (scene) => {
      const { lead } = opportunityOf(scene);
      bookVisit(scene, { leadId: lead?.id ?? null });
    },
  },
  sales_canceled: {
    prefers: ['booked'],
    refusal: (scene, opportunity) => {
      const visits = openVisits(scene);
      if (visits.length === 0) return 'has no booked sales visit that could be canceled';
      if (opportunity.estimates.length > 0) return 'has been given an estimate, so the visit has taken place';
      return refuseOther(scene, visits, 'the cancellation would not count');
    },
    prepare: (scene) => bookVisit(scene, { leadId: opportunityOf(scene).lead?.id ?? null }),
    play: (scene) => {
      for (const visit of openVisits(scene)) cancelForCustomer(scene, visit);
    },
  },
  estimate_created: {
    prefers: ['booked', 'visited'],
    refusal: () => null,
    play: createEstimateAfterVisit,
  },
  estimate_sold: {
    prefers: ['estimated'],
    refusal: (scene, { stage, estimates }) =>
      stage === 'sold'
        ? `has bought already: estimate ${estimates.find((row) => row.status?.name === 'Sold')?.id}`
        : refuseLooseInstall(scene),
    play: (scene) => {
      sell(scene);
    },
  },
  install_scheduled: {
    prefers: ['sold', 'install_canceled'],
    refusal: (scene, { stage, installs }) =>
      stage === 'scheduled'
        ? `has an install scheduled already: job ${installs.find(isOpen)?.id}`
        : refuseLooseInstall(scene),
    play: (scene) => {
      schedule(scene);
    },
  },
  install_canceled: {
    prefers: ['scheduled'],
    refusal: (scene, { stage, installs }) => {
      if (stage !== 'scheduled') return 'has no scheduled install that could be canceled';
      if (installs.some((job) => job.jobStatus === 'Completed'))
        return 'has part of the install completed already';
      return refuseOther(scene, installs, 'the cancellation would not count');
    },
    prepare: schedule,
    play: (scene) => {
      for (const install of opportunityOf(scene).installs.filter(isOpen)) cancelForCustomer(scene, install);
    },
  },
  install_completed: {
    prefers: ['scheduled'],
    refusal: (scene, { stage }) => (stage === 'scheduled' ? null : refuseLooseInstall(scene)),
    play: (scene) => {
      if (opportunityOf(scene).stage !== 'scheduled') schedule(scene);
      for (const install of opportunityOf(scene).installs.filter(isOpen)) finishInstall(scene, install);
    },
  },
};

function opportunityOf({ desk, customer }: Scene): Opportunity {
  return currentOpportunity(desk.records, customer.id);
}

function openVisits({ desk, customer }: Scene): JobRow[] {
  return desk.records.jobs
    .ownedBy(customer.id)
    .filter((job) => isOpen(job) && kindOf(desk.records, job) === 'sales');
}

/** Other business that is open would hide what this event is to show. */
function refuseOther({ desk, customer }: Scene, own: readonly JobRow[], consequence: string): string | null {
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
function refuseLooseInstall({ desk, customer }: Scene): string | null {
  const loose = desk.records.jobs.ownedBy(customer.id).find((job) => {
    const isRecent = timeOf(desk.now) - timeOf(job.createdOn) <= 8 * dayMs;
    return isRecent && !job.createdFromEstimateId && kindOf(desk.records, job) === 'install';
  });
  return loose
    ? `had install job ${loose.id} booked without an estimate in the last days: a sale now would be its`
    : null;
}

function receiveLead({ desk, customer, random }: Scene): void {
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

function cancelForCustomer({ desk, random }: Scene, job: JobRow): void {
  const memo = random.pick([
    'Customer called',
    'Wants to think it over',
    'Chose another date, will call back',
  ]);
  cancelJob(desk, job, { reasonId: genuineReason(desk, random), memo });
}

function createEstimateAfterVisit(scene: Scene): EstimateRow {
  const { stage, visit, lead } = opportunityOf(scene);
  const goesOn = visit !== null && (stage === 'booked' || stage === 'visited' || stage === 'estimated');
  const place = goesOn ? visit : bookVisit(scene, { leadId: lead?.id ?? null });
  return presentEstimate(scene, isOpen(place) ? finishVisit(scene, place) : place);
}

function sell(scene: Scene): EstimateRow {
  const { stage, estimates } = opportunityOf(scene);
  const isBefore = stage === 'estimated' || stage === 'booked';
  const open = isBefore ? estimates.findLast((row) => row.status?.name === 'Open') : undefined;
  return sellEstimate(scene.desk, open ?? createEstimateAfterVisit(scene), scene.random.int(601, 604));
}

function schedule(scene: Scene): JobRow {
  const { stage, estimates } = opportunityOf(scene);
  const isBefore = stage === 'sold' || stage === 'install_canceled';
  const sold = isBefore ? estimates.findLast((row) => row.status?.name === 'Sold') : undefined;
  return scheduleInstall(scene, sold ?? sell(scene));
}

/** Whether a customer takes part in stories at all. */
export function isReachable({ active, mergedToId }: CustomerRow): boolean {
  return active && !mergedToId;
}
