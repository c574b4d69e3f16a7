import { listAll } from './lists.ts';
import { estimateRecord, jobRecord, type EstimateRecord } from './schemas/records.ts';
import type { Query, ServiceTitanTransport } from './ServiceTitanTransport.ts';

/**
 * The estimates of a customer. ServiceTitan has no such filter, so they are found through the customer's jobs and
 * the projects of these.
 */
export async function customerEstimates(
  transport: ServiceTitanTransport,
  options: { customerId: number; query: Query; signal?: AbortSignal | undefined },
): Promise<EstimateRecord[]> {
  const { customerId, query, signal } = options;
  const jobs = await listAll(transport, {
    module: 'jpm',
    path: 'jobs',
    query: { customerId, sort: '+Id' },
    schema: jobRecord,
    signal,
  });
  const projectIds = new Set(jobs.map((job) => job.projectId).filter((id) => id !== null));
  const filters: Query[] = [
    ...jobs.map((job) => ({ jobId: job.id })),
    ...[...projectIds].map((projectId) => ({ projectId })),
  ];
  const byId = new Map<number, EstimateRecord>();
  for (const filter of filters) {
    const call = { module: 'sales', path: 'estimates', schema: estimateRecord, signal } as const;
    for (const estimate of await listAll(transport, { ...call, query: { ...query, ...filter } })) {
      if (estimate.customerId === null || estimate.customerId === customerId) byId.set(estimate.id, estimate);
    }
  }
  return [...byId.values()].toSorted((one, other) => one.id - other.id);
}
