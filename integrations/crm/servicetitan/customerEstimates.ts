import { readRows, type Reader } from './lists.ts';
import type { CallInput } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { estimateRecord, jobRecord, type EstimateRecord } from './schemas/records.ts';

/**
 * The estimates of a customer. ServiceTitan has no such filter, so they are found through the customer's jobs and
 * the projects of these.
 */
export async function customerEstimates(
  reader: Reader,
  { customerId, filter, options }: { customerId: number; filter: CallInput; options: CallOptions },
): Promise<EstimateRecord[]> {
  const jobs = await readRows(reader, {
    operation: operations.listJobs,
    row: jobRecord,
    input: { customerId, sort: '+Id' },
    options,
  });
  const projectIds = new Set(jobs.map((job) => job.projectId).filter((id) => id !== null));
  const owners: CallInput[] = [
    ...jobs.map((job) => ({ jobId: job.id })),
    ...[...projectIds].map((projectId) => ({ projectId })),
  ];
  const byId = new Map<number, EstimateRecord>();
  for (const owner of owners) {
    const call = { operation: operations.listEstimates, row: estimateRecord, options };
    for (const estimate of await readRows(reader, { ...call, input: { ...filter, ...owner } })) {
      if (estimate.customerId === null || estimate.customerId === customerId) byId.set(estimate.id, estimate);
    }
  }
  return [...byId.values()].toSorted((one, other) => one.id - other.id);
}
