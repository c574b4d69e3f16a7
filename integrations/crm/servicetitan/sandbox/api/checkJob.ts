import type { TenantRecords } from '../TenantRecords.ts';
import { invalid } from './ApiError.ts';

interface JobLinks {
  readonly customerId: number;
  readonly locationId: number;
  readonly businessUnitId: number;
  readonly jobTypeId: number;
}

/** Refuses work for a customer who is closed, at somebody else's location. */
export function checkPlace(
  records: TenantRecords,
  { customerId, locationId }: Pick<JobLinks, 'customerId' | 'locationId'>,
): void {
  const errors: Record<string, string[]> = {};
  const customer = records.customers.get(customerId);
  if (customer?.mergedToId) {
    errors['customerId'] = [`Customer ${customerId} was merged into ${customer.mergedToId}.`];
  } else if (customer?.active === false) {
    errors['customerId'] = [`Customer ${customerId} is inactive.`];
  }
  if (records.locations.get(locationId)?.customerId !== customerId) {
    errors['locationId'] = [`Location ${locationId} does not belong to customer ${customerId}.`];
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
}

/** Refuses a business unit that does not do this type of work; a type that lists none is done by all. */
export function checkWork(
  records: TenantRecords,
  { businessUnitId, jobTypeId }: Pick<JobLinks, 'businessUnitId' | 'jobTypeId'>,
): void {
  const units = records.job_types.get(jobTypeId)?.businessUnitIds ?? [];
  if (units.length > 0 && !units.includes(businessUnitId)) {
    throw invalid({
      businessUnitId: [`Job type ${jobTypeId} is not available to business unit ${businessUnitId}.`],
    });
  }
}

export function checkOrder({ start, end }: { start: string; end: string }, field = 'end'): void {
  if (end <= start) throw invalid({ [field]: ['The end must be after the start.'] });
}
