import { isLive } from '../office/appointments.ts';
import { openJobStatuses } from '../office/jobs.ts';
import type { LeadRow } from '../rows/crmRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { isPresented, kindOf } from './jobKind.ts';

export type Stage =
  | 'none'
  | 'lead'
  | 'booked'
  | 'visited'
  | 'canceled'
  | 'estimated'
  | 'sold'
  | 'scheduled'
  | 'install_canceled'
  | 'complete';

/** A customer's newest business: what the next event of a story goes on with. */
export interface Opportunity {
  readonly stage: Stage;
  readonly lead: LeadRow | null;
  readonly visit: JobRow | null;
  readonly estimates: readonly EstimateRow[];
  readonly installs: readonly JobRow[];
}

export function isOpen(job: JobRow): boolean {
  return openJobStatuses.has(job.jobStatus);
}

function newest<Row extends { readonly createdOn: string; readonly id: number }>(
  rows: readonly Row[],
): Row | null {
  return rows.toSorted((left, right) => (left.createdOn < right.createdOn ? -1 : 1)).at(-1) ?? null;
}

export function currentOpportunity(records: TenantRecords, customerId: number): Opportunity {
  const jobs = records.jobs.ownedBy(customerId);
  const visit = newest(jobs.filter((job) => kindOf(records, job) === 'sales'));
  const lead = newest(records.leads.ownedBy(customerId).filter((row) => row.active && row.status === 'Open'));
  if (!visit || (lead && !isOpen(visit) && lead.createdOn > visit.createdOn)) {
    return { stage: lead ? 'lead' : 'none', lead, visit: null, estimates: [], installs: [] };
  }
  const related = records.estimates
    .ownedBy(customerId)
    .filter(
      (row) => row.jobId === visit.id || (!row.jobId && row.projectId && row.projectId === visit.projectId),
    );
  const ids = new Set(related.map((row) => row.id));
  const installs = jobs.filter((job) => kindOf(records, job) === 'install' && isInstallOf(job, visit, ids));
  const found = { lead, visit, estimates: related.filter(isPresented), installs };
  return { ...found, stage: stageOf(records, found) };
}

function isInstallOf(job: JobRow, visit: JobRow, estimateIds: ReadonlySet<number>): boolean {
  if (job.createdFromEstimateId) return estimateIds.has(job.createdFromEstimateId);
  if (job.projectId && job.projectId === visit.projectId) return true;
  return job.locationId === visit.locationId && job.createdOn >= visit.createdOn;
}

function stageOf(
  records: TenantRecords,
  {
    visit,
    estimates,
    installs,
  }: { visit: JobRow; estimates: readonly EstimateRow[]; installs: readonly JobRow[] },
): Stage {
  if (installs.some(isOpen)) return 'scheduled';
  if (installs.some((job) => job.jobStatus === 'Completed')) return 'complete';
  if (installs.length > 0) return 'install_canceled';
  const sold = estimates.filter((row) => row.status?.name === 'Sold');
  if (sold.some((row) => row.items?.some((item) => item.invoiceItemId)) && visit.jobStatus === 'Completed') {
    return 'complete';
  }
  if (sold.length > 0) return 'sold';
  const isVisitAhead = isOpen(visit) && records.appointments.ownedBy(visit.id).some(isLive);
  if (!isVisitAhead && estimates.some((row) => row.status?.name === 'Open')) return 'estimated';
  if (isOpen(visit)) return 'booked';
  return visit.jobStatus === 'Canceled' ? 'canceled' : 'visited';
}
