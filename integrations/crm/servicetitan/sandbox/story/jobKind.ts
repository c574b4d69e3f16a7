import type { JobRow } from '../rows/jobRows.ts';
import type { EstimateRow } from '../rows/salesRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';

export type JobKind = 'void' | 'sales' | 'install' | 'other';

const clericalReason = /duplicate|test|mistake/i;
export const salesName = /estimate|sales|consult|quote/i;
export const installName = /install|replacement|changeout/i;

export function isClerical(reasonName: string): boolean {
  return clericalReason.test(reasonName);
}

/** What a job is to the story: told by its links and by the name of its type, as an office would name it. */
export function kindOf(records: TenantRecords, job: JobRow): JobKind {
  if (!job.active || job.recallForId || job.warrantyId) return 'void';
  if (job.jobStatus === 'Canceled' && wasCanceledForOffice(records, job.id)) return 'void';
  if (job.createdFromEstimateId) return 'install';
  const name = records.job_types.get(job.jobTypeId)?.name ?? '';
  if (salesName.test(name)) return 'sales';
  return installName.test(name) ? 'install' : 'other';
}

function wasCanceledForOffice(records: TenantRecords, jobId: number): boolean {
  return records.canceled_logs
    .ownedBy(jobId)
    .some((log) => log.active && isClerical(records.cancel_reasons.get(log.reasonId)?.name ?? ''));
}

/** Whether an estimate was really put before the customer. */
export function isPresented({
  active,
  isChangeOrder,
  status,
  subtotal,
  tax,
  reviewStatus,
}: EstimateRow): boolean {
  const isReviewed = reviewStatus === 'None' || reviewStatus === 'Approved';
  return active && !isChangeOrder && status !== null && subtotal + tax > 0 && isReviewed;
}
