import { byCreation } from './compare.ts';
import { soldAt, type EstimateFacts } from './estimateFacts.ts';
import type { Facts } from './facts.ts';
import type { JobFacts } from './jobFacts.ts';
import type { JourneyBook } from './JourneyBook.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import { compareRoots } from './roots.ts';
import { addDays } from './timestamps.ts';

/** An install may be booked before the office marks its estimate as sold. */
const lateSaleDays = 7;

/** Places the install jobs in the order in which they were created, each after the one that its estimate hangs on. */
export function placeInstalls(facts: Facts, book: JourneyBook): void {
  const installs = [...facts.jobs.values()].filter(({ kind }) => kind === 'install').toSorted(byCreation);
  for (const install of installs) {
    if (book.homeOfJob(install.id)) continue;
    const { chain, cut } = chainFrom(install, facts, book);
    for (const job of chain.toReversed()) {
      const home = (job === cut ? null : homeOfItsEstimate(job, facts, book)) ?? homeBySale(job, facts, book);
      book.joinInstall(job, home ?? homeInProject(job, facts, book) ?? book.foundByJob(job));
    }
  }
}

/**
 * The install jobs that must be placed for the first one, it being the first: each was created from an estimate on
 * the next. A circle is turned so that it ends at its job that was created first, where it is cut.
 */
function chainFrom(
  first: JobFacts,
  facts: Facts,
  book: JourneyBook,
): { chain: JobFacts[]; cut: JobFacts | null } {
  const chain: JobFacts[] = [];
  const position = new Map<JobFacts, number>();
  let job: JobFacts | undefined = first;
  while (job && job.kind === 'install' && !book.homeOfJob(job.id)) {
    const start = position.get(job);
    if (start !== undefined) {
      const circle = chain.slice(start);
      const cut = circle.toSorted(byCreation)[0] ?? job;
      const after = circle.indexOf(cut) + 1;
      const turned = [...circle.slice(after), ...circle.slice(0, after)];
      return { chain: [...chain.slice(0, start), ...turned], cut };
    }
    position.set(job, chain.length);
    chain.push(job);
    job = facts.jobs.get(estimateOf(job, facts)?.record.jobId ?? 0);
  }
  return { chain, cut: null };
}

function estimateOf(install: JobFacts, facts: Facts): EstimateFacts | undefined {
  return facts.estimates.get(install.record.createdFromEstimateId ?? 0);
}

/** That of the estimate it was created from, counting or not, unless that estimate's job is void. */
function homeOfItsEstimate(install: JobFacts, facts: Facts, book: JourneyBook): JourneyRecords | null {
  const estimate = estimateOf(install, facts);
  if (!estimate || facts.jobs.get(estimate.record.jobId ?? 0)?.kind === 'void') return null;
  return book.homeOfEstimate(estimate.id) ?? book.settle(estimate);
}

/** The journey of its project, else of its customer's location, with the last sale of which this is the install. */
function homeBySale(install: JobFacts, facts: Facts, book: JourneyBook): JourneyRecords | null {
  const until = addDays(install.createdOn, lateSaleDays);
  return (
    withLastSale(inProject(install, facts, book), until) ??
    withLastSale(book.journeysAt(install.customerId, install.record.locationId), until)
  );
}

function inProject(install: JobFacts, facts: Facts, book: JourneyBook): Set<JourneyRecords> {
  const { projectId } = install.record;
  const journeys = new Set<JourneyRecords>();
  if (projectId === null) return journeys;
  for (const { id } of facts.jobsOfProject.get(projectId) ?? []) {
    const home = book.homeOfJob(id);
    if (home) journeys.add(home);
  }
  for (const { id } of facts.estimatesOfProject.get(projectId) ?? []) {
    const home = book.homeOfEstimate(id);
    if (home) journeys.add(home);
  }
  return journeys;
}

function withLastSale(journeys: Iterable<JourneyRecords>, until: string): JourneyRecords | null {
  let found: { journey: JourneyRecords; sale: string } | null = null;
  for (const journey of journeys) {
    const sale = lastSale(journey, until);
    if (sale === null) continue;
    const isBetter =
      !found ||
      sale > found.sale ||
      (sale === found.sale && compareRoots(journey.root, found.journey.root) < 0);
    if (isBetter) found = { journey, sale };
  }
  return found?.journey ?? null;
}

function lastSale(journey: JourneyRecords, until: string): string | null {
  let last: string | null = null;
  for (const estimate of journey.estimates) {
    const sale = estimate.isSold ? soldAt(estimate) : null;
    if (sale !== null && sale <= until && (last === null || sale > last)) last = sale;
  }
  return last;
}

/** That of the lowest sales job id of its project that is not Canceled. */
function homeInProject(install: JobFacts, facts: Facts, book: JourneyBook): JourneyRecords | null {
  const { projectId } = install.record;
  const salesJob = projectId === null ? undefined : facts.salesJobOfProject.get(projectId);
  return salesJob && !salesJob.isCanceled ? book.foundByJob(salesJob) : null;
}
