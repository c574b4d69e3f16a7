import { mergeCustomers } from '../office/customers.ts';
import { dismissEstimate } from '../office/estimates.ts';
import { invoiceSale } from '../office/invoices.ts';
import { dismissLead } from '../office/leads.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import type { History } from './History.ts';

export interface Scenario {
  readonly name: string;
  /** Of a hundred customers, about so many. */
  readonly weight: number;
  /** How long ago, in days, the customer came; the story starts later. */
  readonly since: readonly [number, number];
  /** Whether the customer bought nothing before, so that earlier years hold service only. */
  readonly isFirstSale?: boolean;
  /** Whether it needs the customer before this one. */
  readonly needsPrevious?: boolean;
  readonly write: (history: History) => void;
}

/** A sale made at a visit some days ago; its install is booked, or not, by the caller. */
function sale(history: History, visitDaysAgo: number, soldDaysAgo: number): EstimateRow {
  const visit = history.heldVisit(visitDaysAgo);
  return history.sale(soldDaysAgo, history.estimate(visitDaysAgo - 1.2, visit));
}

export function offer(history: History, visitDaysAgo: number): EstimateRow[] {
  const visit = history.heldVisit(visitDaysAgo);
  const count = history.random.pick([1, 1, 2, 3]);
  return Array.from({ length: count }, (_, index) =>
    history.estimate(visitDaysAgo - 1.2 - index / 100, visit),
  );
}

export function lastedInstall(history: History, completedDaysAgo: number): EstimateRow {
  const estimate = sale(history, completedDaysAgo + 18, completedDaysAgo + 9);
  history.finishedInstall(completedDaysAgo, estimate);
  return estimate;
}

/** Every state of a customer's life, the traps beside it, and how common each is. The first ones are one of each state. */
export const scenarios: readonly Scenario[] = [
  { name: 'contact', weight: 12, since: [5, 390], isFirstSale: true, write: () => {} },
  {
    name: 'lead',
    weight: 9,
    since: [62, 90],
    isFirstSale: true,
    write: (history) => void history.lead(history.random.between(0.1, 60)),
  },
  {
    name: 'booked',
    weight: 9,
    since: [10, 60],
    write: (history) => {
      const leadId = history.random.chance(0.5) ? history.lead(history.random.between(4, 9)) : null;
      history.bookedVisit(history.random.between(0.05, 3.5), leadId);
    },
  },
  {
    name: 'canceled',
    weight: 6,
    since: [60, 120],
    write: (history) => {
      const canceled = history.random.between(0.5, 50);
      history.canceledVisit(canceled + history.random.between(0.2, 3), canceled);
    },
  },
  {
    name: 'estimated',
    weight: 13,
    since: [160, 300],
    write: (history) => void offer(history, history.when(3, 120)),
  },
  {
    name: 'sold',
    weight: 7,
    since: [100, 200],
    write: (history) => {
      const visit = history.when(5, 60);
      const [chosen, ...others] = offer(history, visit);
      if (chosen) history.sale(visit - 1.5, chosen);
      for (const other of others) {
        if (history.random.chance(0.5)) dismissEstimate(history.scene(visit - 1.6).desk, other);
      }
    },
  },
  {
    name: 'scheduled',
    weight: 8,
    since: [60, 200],
    write: (history) => {
      const visit = history.when(8, 40);
      const estimate = sale(history, visit, visit - 2);
      history.scheduledInstall(history.random.between(0.1, 4), estimate);
    },
  },
  {
    name: 'install_canceled',
    weight: 4,
    since: [80, 200],
    write: (history) => {
      const visit = history.when(15, 60);
      const install = history.scheduledInstall(visit - 5, sale(history, visit, visit - 3));
      history.cancel(install, history.random.between(0.5, visit - 6));
    },
  },
  {
    name: 'complete',
    weight: 8,
    since: [130, 300],
    write: (history) => void lastedInstall(history, history.when(3, 85)),
  },
  {
    name: 'complete_long_ago',
    weight: 6,
    since: [395, 400],
    write: (history) => void lastedInstall(history, history.when(95, 360)),
  },
  {
    name: 'serviced',
    weight: 5,
    since: [250, 390],
    isFirstSale: true,
    write: (history) => {
      history.service(history.when(100, 230, 'tune_ups'), { jobTypeName: 'Maintenance Tune-Up' });
      if (history.random.chance(0.5)) history.service(history.when(3, 90), { jobTypeName: 'Service Call' });
    },
  },
  {
    name: 'visited',
    weight: 2,
    since: [20, 90],
    write: (history) => void history.heldVisit(history.random.between(2.5, 6), { isLeftOpen: true }),
  },
  {
    name: 'lead_dismissed',
    weight: 2,
    since: [62, 90],
    isFirstSale: true,
    write: (history) => {
      const came = history.random.between(2, 60);
      const lead = history.records.leads.get(history.lead(came));
      if (lead) dismissLead(history.scene(came - 1).desk, lead, 1);
    },
  },
  {
    name: 'canceled_as_duplicate',
    weight: 2,
    since: [40, 90],
    write: (history) => {
      const { cancel_reasons: reasons } = history.records;
      const clerical = reasons.where((row) => ['Duplicate', 'Test', 'Entered by mistake'].includes(row.name));
      history.canceledVisit(history.random.between(10, 30), 9, history.random.pick(clerical).id);
    },
  },
  {
    name: 'lost',
    weight: 2,
    since: [160, 300],
    write: (history) => {
      const visit = history.when(10, 100);
      for (const estimate of offer(history, visit)) dismissEstimate(history.scene(visit - 3).desk, estimate);
    },
  },
  {
    name: 'done_on_the_spot',
    weight: 2,
    since: [100, 200],
    write: (history) => {
      const ago = history.when(3, 80);
      const visit = history.heldVisit(ago, { total: 20_000 });
      const sold = history.sale(ago - 1.3, history.estimate(ago - 1.2, visit));
      invoiceSale(history.scene(ago - 1.3).desk, history.records.jobs.get(visit.id) ?? visit, sold);
    },
  },
  {
    name: 'recall',
    weight: 2,
    since: [130, 300],
    write: (history) => {
      const completed = history.when(10, 80);
      lastedInstall(history, completed);
      const install = history.records.jobs
        .ownedBy(history.customer.id)
        .find((job) => job.createdFromEstimateId);
      history.service(completed / 2, { jobTypeName: 'Warranty Visit', recallForId: install?.id ?? null });
    },
  },
  {
    name: 'change_order',
    weight: 2,
    since: [130, 300],
    write: (history) => {
      const completed = history.when(10, 80);
      const { jobId } = lastedInstall(history, completed);
      const visit = history.records.jobs.get(jobId);
      const members = { isChangeOrder: true, name: 'Extra duct run' };
      if (visit) history.estimate(completed + 2, visit, { price: 450, members });
    },
  },
  {
    name: 'returned',
    weight: 3,
    since: [395, 400],
    write: (history) => {
      lastedInstall(history, history.when(200, 360));
      offer(history, history.when(3, 60));
    },
  },
  {
    name: 'merged',
    weight: 2,
    since: [200, 390],
    needsPrevious: true,
    write: (history) => {
      offer(history, history.when(10, 100));
      // Into the customer before, whatever became of it: chains of merges exist.
      const winner = history.records.customers.get(history.customer.id - 1);
      if (winner)
        mergeCustomers(history.scene(history.random.between(1, 8)).desk, history.customer.id, winner.id);
    },
  },
  {
    name: 'rescheduled_in_field',
    weight: 1,
    since: [60, 200],
    write: (history) => {
      const visit = history.random.between(18, 40);
      history.rescheduledInField(history.random.between(1, 5), sale(history, visit, visit - 2));
    },
  },
  {
    name: 'on_hold',
    weight: 1,
    since: [60, 200],
    write: (history) => {
      const visit = history.random.between(8, 40);
      const estimate = sale(history, visit, visit - 2);
      history.hold(history.scheduledInstall(history.random.between(2, 4), estimate), 1);
    },
  },
];
