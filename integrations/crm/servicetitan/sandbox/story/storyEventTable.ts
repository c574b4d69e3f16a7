import type { CustomerRow } from '../rows/crmRows.ts';
import { bookVisit, finishInstall } from './acts.ts';
import { officeEventTable } from './officeEventTable.ts';
import { isOpen } from './opportunity.ts';
import type { StateEventName, StoryEventName } from './storyInput.ts';
import type { StoryEvent } from './StoryEvent.ts';
import {
  cancelForCustomer,
  createEstimateAfterVisit,
  openVisits,
  opportunityOf,
  receiveLead,
  refuseLooseInstall,
  refuseOther,
  schedule,
  sell,
} from './steps.ts';

/** What each event that moves a customer's state asks for, and what an office then writes. */
const stateEventTable: Readonly<Record<StateEventName, StoryEvent>> = {
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

export const storyEventTable: Readonly<Record<StoryEventName, StoryEvent>> = {
  ...stateEventTable,
  ...officeEventTable,
};

/** Whether a customer takes part in stories at all. */
export function isReachable({ active, mergedToId }: CustomerRow): boolean {
  return active && !mergedToId;
}
