import type { StateNumber } from '../schemas/state.ts';
import { booking, cancellation, completion, inquiry, offer, sale, type Evidence } from './evidence.ts';
import type { EstimateFacts } from './estimateFacts.ts';
import { liveAppointment, type JobFacts } from './jobFacts.ts';
import type { JourneyRecords } from './journeyRecords.ts';

interface StateRule {
  state: StateNumber;
  rule: string;
  /** All records that hold the state; none: the rule does not apply. */
  heldBy(journey: JourneyRecords): Evidence[];
  /** Which of them enters it. */
  entering: 'first' | 'last';
}

/** From a journey to its state: the first rule that applies. */
export const stateRules = [
  {
    state: 6,
    rule: 'install_completed',
    heldBy: ({ installJobs }) =>
      installJobs.some(({ isOpen }) => isOpen)
        ? []
        : installJobs.filter(({ isCompleted }) => isCompleted).map(completion),
    entering: 'last',
  },
  {
    state: 6,
    rule: 'done_on_the_spot',
    heldBy: ({ installJobs, rootJob, estimates }) =>
      installJobs.length === 0 && rootJob && isDoneOnTheSpot(rootJob, estimates) ? [completion(rootJob)] : [],
    entering: 'last',
  },
  {
    state: 5,
    rule: 'install_booked',
    heldBy: ({ installJobs }) =>
      installJobs.filter(({ isOpen, appointments }) => isOpen && appointments.length > 0).map(booking),
    entering: 'first',
  },
  {
    state: 5.5,
    rule: 'installs_canceled',
    heldBy: ({ installJobs }) =>
      installJobs.every(({ isCanceled }) => isCanceled) ? installJobs.map(cancellation) : [],
    entering: 'last',
  },
  {
    state: 4,
    rule: 'estimate_sold',
    heldBy: ({ estimates }) => [...estimates].filter(({ isSold }) => isSold).map(sale),
    entering: 'first',
  },
  {
    state: 3,
    rule: 'estimate_open',
    heldBy: ({ estimates, rootJob }) =>
      rootJob?.isOpen && liveAppointment(rootJob)
        ? []
        : [...estimates].filter(({ isOpen }) => isOpen).map(offer),
    entering: 'first',
  },
  {
    state: 2,
    rule: 'visit_booked',
    heldBy: ({ rootJob }) => (rootJob?.kind === 'sales' && rootJob.isOpen ? [booking(rootJob)] : []),
    entering: 'first',
  },
  {
    state: 2.5,
    rule: 'visit_canceled',
    heldBy: ({ rootJob }) => (rootJob?.kind === 'sales' && rootJob.isCanceled ? [cancellation(rootJob)] : []),
    entering: 'last',
  },
  {
    state: 1,
    rule: 'lead_open',
    heldBy: ({ root, leads }) =>
      root.type === 'lead'
        ? leads.filter(({ status }) => status === 'Open').map((lead) => inquiry('lead', lead))
        : [],
    entering: 'first',
  },
  {
    state: 1,
    rule: 'booking_waiting',
    heldBy: ({ root, bookings }) =>
      root.type === 'booking'
        ? bookings
            .filter(({ status }) => status === 'New' || status === 'Accepted')
            .map((record) => inquiry('booking', record))
        : [],
    entering: 'first',
  },
] as const satisfies readonly StateRule[];

export type StateRuleKey = (typeof stateRules)[number]['rule'];

/** The sold work was done on the visit itself: its items are on the invoice of the same job, which covers them. */
function isDoneOnTheSpot({ id, record, isCompleted }: JobFacts, estimates: Iterable<EstimateFacts>): boolean {
  const { total } = record;
  if (!isCompleted || total === null) return false;
  return [...estimates].some(
    ({ isSold, record: estimate }) =>
      isSold &&
      estimate.jobId === id &&
      total >= estimate.subtotal &&
      estimate.items.some(({ invoiceItemId }) => invoiceItemId !== null),
  );
}
