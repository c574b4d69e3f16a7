import { ApiError } from '../api/ApiError.ts';
import { leadRow, type LeadRow } from '../rows/crmRows.ts';
import type { Desk } from './Desk.ts';
import { describeNote } from './notes.ts';

export type NewLead = Partial<Omit<LeadRow, 'id' | 'status' | 'createdOn' | 'modifiedOn'>>;

export function createLead({ records, now }: Desk, input: NewLead): LeadRow {
  const id = records.leads.nextId();
  return records.leads.put(leadRow.parse({ ...input, id, createdOn: now, modifiedOn: now }));
}

export function updateLead({ records, now }: Desk, lead: LeadRow, changes: Partial<LeadRow>): LeadRow {
  return records.leads.put({ ...lead, ...changes, modifiedOn: now });
}

export function dismissLead(desk: Desk, lead: LeadRow, dismissingReasonId: number): LeadRow {
  requireOpen(lead, 'dismissed');
  return updateLead(desk, lead, { status: 'Dismissed', dismissingReasonId });
}

export interface FollowUp {
  readonly followUpDate: string;
  readonly text?: string | null | undefined;
  readonly pinToTop?: boolean | null | undefined;
}

/** Sets when to call again; what is to be said then becomes a note. */
export function followUpLead(desk: Desk, lead: LeadRow, { followUpDate, text, pinToTop }: FollowUp): void {
  requireOpen(lead, 'followed up');
  updateLead(desk, lead, { followUpDate });
  const { lead_notes: notes } = desk.records;
  if (text) notes.put({ ...describeNote(desk, notes, { text, pinToTop }), leadId: lead.id });
}

/** Happens only by booking a job from the lead, which then belongs to the job's customer. */
export function convertLead(
  desk: Desk,
  lead: LeadRow,
  job: { customerId: number; locationId: number },
): LeadRow {
  const { customerId, locationId } = job;
  return updateLead(desk, lead, { status: 'Converted', customerId, locationId });
}

function requireOpen({ id, status }: LeadRow, verb: string): void {
  if (status !== 'Open') throw new ApiError(400, `Lead ${id} is ${status} and cannot be ${verb}.`);
}
