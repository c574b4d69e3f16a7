import { ApiError } from '../api/ApiError.ts';
import { leadRow, type LeadRow } from '../rows/crmRows.ts';
import type { Desk } from './Desk.ts';

export type NewLead = Partial<Omit<LeadRow, 'id' | 'status' | 'createdOn' | 'modifiedOn'>>;

export function createLead({ records, now }: Desk, input: NewLead): LeadRow {
  const id = records.leads.nextId();
  return records.leads.put(leadRow.parse({ ...input, id, createdOn: now, modifiedOn: now }));
}

export function dismissLead({ records, now }: Desk, lead: LeadRow, dismissingReasonId: number): LeadRow {
  if (lead.status !== 'Open')
    throw new ApiError(400, `Lead ${lead.id} is ${lead.status} and cannot be dismissed.`);
  return records.leads.put({ ...lead, status: 'Dismissed', dismissingReasonId, modifiedOn: now });
}

/** Happens only by booking a job from the lead, which then belongs to the job's customer. */
export function convertLead(
  { records, now }: Desk,
  lead: LeadRow,
  job: { customerId: number; locationId: number },
): LeadRow {
  const { customerId, locationId } = job;
  return records.leads.put({ ...lead, status: 'Converted', customerId, locationId, modifiedOn: now });
}
