import type { History } from './History.ts';
import { lastedInstall, offer } from './scenarios.ts';

/** The present of every customer lies within the last of these days; what came before is told here. */
const presentDays = 400;
const yearDays = 365;

/** Comes back year by year: tune-ups, repairs, now and then a new system, an offer that led nowhere, a recall. */
export function writeEarlierYears(history: History, sinceDaysAgo: number, isFirstSale: boolean): void {
  const { random } = history;
  for (let latest = presentDays + 10; latest + 60 < sinceDaysAgo; latest += yearDays) {
    const earliest = Math.min(sinceDaysAgo - 30, latest + yearDays);
    if (random.chance(0.45))
      history.service(history.when(latest, earliest, 'tune_ups'), { jobTypeName: 'Maintenance Tune-Up' });
    if (random.chance(0.35)) history.service(history.when(latest, earliest), { jobTypeName: 'Service Call' });
    if (random.chance(0.04)) missedService(history, history.when(latest, earliest));
    if (isFirstSale) continue;
    if (random.chance(0.1)) replacement(history, history.when(latest, earliest - 20));
    else if (random.chance(0.08)) offer(history, history.when(latest, earliest));
  }
}

function replacement(history: History, daysAgo: number): void {
  const { jobId } = lastedInstall(history, daysAgo);
  if (!history.random.chance(0.1)) return;
  const install = history.records.jobs
    .ownedBy(history.customer.id)
    .findLast((job) => job.createdFromEstimateId && job.id !== jobId);
  history.service(daysAgo - 5, { jobTypeName: 'Warranty Visit', recallForId: install?.id ?? null });
}

function missedService(history: History, daysAgo: number): void {
  const visit = history.bookedVisit(daysAgo);
  history.cancel(visit, daysAgo - 1);
}
