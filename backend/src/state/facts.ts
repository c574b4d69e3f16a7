import type { MirroredBooking, MirroredLead } from './mirroredRecords.ts';
import { appendTo, byCreation } from './compare.ts';
import { readEstimate, type EstimateFacts } from './estimateFacts.ts';
import { readJob, type JobFacts } from './jobFacts.ts';
import { mergedCustomers } from './mergedCustomers.ts';
import { newestCanceledLogs, newestVersions, type RecordSet } from './records.ts';
import type { JourneySettings } from './settings.ts';

/** The newest versions of all records in play, read once and found by the links that are followed. */
export interface Facts {
  jobs: ReadonlyMap<number, JobFacts>;
  estimates: ReadonlyMap<number, EstimateFacts>;
  leads: readonly MirroredLead[];
  bookings: readonly MirroredBooking[];
  /** By ascending id. */
  jobsOfProject: ReadonlyMap<number, JobFacts[]>;
  /** The lowest sales job id of each project that is not Canceled, else the lowest. */
  salesJobOfProject: ReadonlyMap<number, JobFacts>;
  /** The counting ones. */
  estimatesOfProject: ReadonlyMap<number, EstimateFacts[]>;
  /** The customer that a customer was merged into. */
  winnerOf(customerId: number | null): number | null;
}

/** Reads a set of records under the settings; nothing in it depends on the order of the arrays. */
export function readFacts(records: RecordSet, settings: JourneySettings): Facts {
  const winners = mergedCustomers(newestVersions(records.customers));
  const winnerOf = (customerId: number | null) =>
    customerId === null ? null : (winners.get(customerId) ?? customerId);

  const appointments = Map.groupBy(newestVersions(records.appointments).values(), ({ jobId }) => jobId);
  const canceledLogs = Map.groupBy(newestCanceledLogs(records.canceledLogs).values(), ({ jobId }) => jobId);
  const jobRecords = newestVersions(records.jobs);
  const jobs = new Map<number, JobFacts>();
  const jobsOfProject = new Map<number, JobFacts[]>();
  for (const record of inPlay(jobRecords)) {
    const job = readJob({
      record,
      customerId: winnerOf(record.customerId),
      appointments: appointments.get(record.id) ?? [],
      canceledLogs: canceledLogs.get(record.id) ?? [],
      settings,
    });
    jobs.set(job.id, job);
    if (record.projectId) appendTo(jobsOfProject, record.projectId, job);
  }

  const estimates = new Map<number, EstimateFacts>();
  const estimatesOfProject = new Map<number, EstimateFacts[]>();
  for (const record of newestVersions(records.estimates).values()) {
    // A job that was taken out still tells whose estimate it was.
    const ownJobsCustomer = record.jobId === null ? null : (jobRecords.get(record.jobId)?.customerId ?? null);
    const projectsCustomer =
      record.projectId === null
        ? null
        : (jobsOfProject.get(record.projectId)?.[0]?.record.customerId ?? null);
    const estimate = readEstimate({
      record,
      customerId: winnerOf(record.customerId ?? ownJobsCustomer ?? projectsCustomer),
      job: record.jobId === null ? undefined : jobs.get(record.jobId),
      settings,
    });
    estimates.set(estimate.id, estimate);
    if (record.projectId && estimate.counts) appendTo(estimatesOfProject, record.projectId, estimate);
  }

  return {
    jobs,
    estimates,
    leads: inPlay(newestVersions(records.leads)).toSorted(byCreation),
    bookings: inPlay(newestVersions(records.bookings)),
    jobsOfProject,
    salesJobOfProject: salesJobs(jobsOfProject),
    estimatesOfProject,
    winnerOf,
  };
}

function salesJobs(jobsOfProject: ReadonlyMap<number, JobFacts[]>): Map<number, JobFacts> {
  const chosen = new Map<number, JobFacts>();
  for (const [projectId, jobs] of jobsOfProject) {
    const ofSales = jobs.filter(({ kind }) => kind === 'sales');
    const job = ofSales.find(({ isCanceled }) => !isCanceled) ?? ofSales[0];
    if (job) chosen.set(projectId, job);
  }
  return chosen;
}

/** `active: false` takes a record out. */
function inPlay<R extends { id: number; active: boolean }>(records: ReadonlyMap<number, R>): R[] {
  return [...records.values()].filter(({ active }) => active).toSorted((one, other) => one.id - other.id);
}
