import { type CallRow, callRow } from '../rows/callRows.ts';
import type { Desk } from './Desk.ts';

export interface CallChanges {
  readonly callType?: CallRow['type'] | undefined;
  readonly excuseMemo: string;
  readonly campaignId?: number | null | undefined;
  readonly jobId?: number | null | undefined;
  readonly agentId?: number | null | undefined;
  readonly reason: { readonly name: string; readonly lead: boolean };
  readonly customerId: number;
  readonly locationId: number;
  readonly tag: string;
}

export type NewCall = Partial<Omit<CallRow, 'id' | 'createdOn' | 'modifiedOn'>>;

export function logCall({ records, now }: Desk, input: NewCall): CallRow {
  const id = records.calls.nextId();
  return records.calls.put(callRow.parse({ ...input, id, createdOn: now, modifiedOn: now }));
}

/** Classifies a call: who it was, why, and what came of it. A link of 0 leaves what is known. */
export function changeCall({ records, now }: Desk, call: CallRow, changes: CallChanges): CallRow {
  const { reason, agentId, excuseMemo, tag } = changes;
  const known = records.call_reasons.values().find((row) => row.name === reason.name);
  const agent = agentId ? { id: agentId, name: records.employees.get(agentId)?.name ?? '' } : call.agent;
  return records.calls.put({
    ...call,
    type: changes.callType ?? call.type,
    excuseMemo,
    tag,
    agent,
    reason: { id: known?.id ?? 0, name: reason.name },
    isLeadReason: reason.lead,
    customerId: changes.customerId || call.customerId,
    locationId: changes.locationId || call.locationId,
    campaignId: changes.campaignId ?? call.campaignId,
    jobId: changes.jobId ?? call.jobId,
    modifiedOn: now,
  });
}
