import { stateResources } from '../services/readOrder.ts';

type StateResource = (typeof stateResources)[number];

/**
 * The first resource, in the order of reading, that an event tells of. What comes after it hangs on it and is read as
 * well; null: states do not hang on such an event.
 */
const firstChanged = {
  'tn.crm.booking-updated': 'bookings',
  'tn.crm.lead-created': 'leads',
  'tn.crm.lead-updated': 'leads',
  'tn.jpm.job-scheduled': 'jobs',
  'tn.jpm.job-rescheduled': 'jobs',
  'tn.jpm.job-updated': 'jobs',
  'tn.jpm.job-completed': 'jobs',
  'tn.jpm.job-appointment-updated': 'jobs',
  'tn.dis.technician-dispatched': 'jobs',
  // Work done on the spot shows in the total of its job and in the items of its estimate.
  'tn.acc.invoice-updated': 'jobs',
  'tn.acc.invoice-posted': 'jobs',
  'tn.acc.invoice-task-created': 'jobs',
  'tn.acc.invoice-task-updated': 'jobs',
  'tn.acc.invoice-exported': null,
  'tn.acc.invoice-batched': null,
  'tn.dis.zone-updated': null,
  'tn.dis.zone-deleted': null,
  'tn.tlc.call-completed': null,
  'tn.tlc.call-updated': null,
  'tn.sp.session-completed': 'bookings',
  'tn.sp.session-abandoned-qualified': 'bookings',
} as const satisfies Record<string, StateResource | null>;

const known = new Map<string, StateResource | null>(Object.entries(firstChanged));

/** Whoever an event is about may be new: who they are and how to reach them is read with it. */
const people: readonly StateResource[] = ['customers', 'customer_contacts'];

/** What to read because of an event: null for everything, empty for nothing. */
export function resourcesOfWebhook(type: string): readonly StateResource[] | null {
  const first = known.get(type);
  if (first === undefined) return null;
  if (first === null) return [];
  return [...people, ...stateResources.slice(stateResources.indexOf(first))];
}
