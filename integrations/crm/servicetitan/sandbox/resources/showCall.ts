import type { CallRow } from '../rows/callRows.ts';
import type { BusinessUnitRow } from '../rows/settingsRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { namedLink } from './namedLinks.ts';
import { showCalledUnit } from './showCalledUnit.ts';
import { showCaller } from './showCaller.ts';

/** The version 2 and 3 replies declare no member of a call nullable: what there is not is 0 or empty. */
const nobody = { id: 0, name: '' };
/** Version 2 wants names of at least one character. */
const absent = { id: 0, name: 'None' };

function named(link: { readonly id: number; readonly name?: string | null | undefined } | null) {
  return link ? { id: link.id, name: link.name ?? '' } : nobody;
}

/** A call as the feed shows it. */
export function showFedCall(row: CallRow, { records }: { readonly records: TenantRecords }): object {
  const job = records.jobs.get(row.jobId);
  return {
    ...row,
    reason: row.reason && named(row.reason),
    customer: namedLink(records.customers, row.customerId, row.customer),
    location: namedLink(records.locations, row.locationId, row.location),
    campaign: namedLink(records.campaigns, row.campaignId, row.campaign),
    job: row.job ?? (job ? { id: job.id, number: job.jobNumber } : null),
    agent: row.agent && named(row.agent),
    createdBy: row.createdBy && named(row.createdBy),
  };
}

function callMembers(row: CallRow) {
  return {
    id: row.id,
    receivedOn: row.createdOn,
    duration: row.duration,
    from: row.from,
    to: row.to,
    direction: row.direction,
    callType: row.type,
    reason: { ...named(row.reason), lead: row.isLeadReason, active: row.reason !== null },
    recordingUrl: row.recordingUrl ?? '',
    voiceMailUrl: row.voiceMailPath ?? '',
    createdBy: named(row.createdBy),
    modifiedOn: row.modifiedOn,
    agent: { ...named(row.agent), externalId: row.agentExternalId },
    sid: row.sid ?? '',
    tags: row.tag === '' ? [] : [{ id: row.id, typeName: row.tag }],
  };
}

function jobMembers({ id, job, jobId, modifiedOn }: CallRow, records: TenantRecords) {
  const known = records.jobs.get(jobId);
  const type = records.job_types.get(known?.jobTypeId);
  return {
    id,
    jobNumber: known?.jobNumber ?? job?.number ?? '',
    projectId: known?.projectId ?? 0,
    type: { id: type?.id ?? 0, name: type?.name ?? absent.name, modifiedOn: type?.modifiedOn ?? modifiedOn },
  };
}

function businessUnitOf({ jobId, campaignId }: CallRow, records: TenantRecords): BusinessUnitRow | undefined {
  const name = records.campaigns.get(campaignId)?.businessUnit;
  return (
    records.business_units.get(records.jobs.get(jobId)?.businessUnitId) ??
    records.business_units.values().find((unit) => unit.name === name)
  );
}

/** A call in the list of version 3. */
export function showListedCall(row: CallRow, { records }: { readonly records: TenantRecords }): object {
  return {
    ...jobMembers(row, records),
    businessUnit: named(businessUnitOf(row, records) ?? null),
    leadCall: {
      ...callMembers(row),
      createdOn: row.createdOn,
      active: row.active,
      customer: named(namedLink(records.customers, row.customerId, row.customer)),
      campaign: named(namedLink(records.campaigns, row.campaignId, row.campaign)),
    },
  };
}

/** The call itself as version 2 gives it: with whole records of caller and campaign. */
export function showLeadCall(row: CallRow, records: TenantRecords): object {
  const campaign = records.campaigns.get(row.campaignId);
  const { createdOn, modifiedOn } = row;
  const none = { ...absent, createdOn, modifiedOn, active: false, campaignPhoneNumbers: [] };
  const { campaignPhoneNumbers, ...shown } = campaign ?? none;
  return {
    ...callMembers(row),
    customer: showCaller(records.customers.get(row.customerId), records, row),
    campaign: { ...shown, dnis: campaignPhoneNumbers?.[0] ?? null },
  };
}

/** A call of version 2 with the job that came of it. */
export function showCallDetail(row: CallRow, records: TenantRecords): object {
  return {
    ...jobMembers(row, records),
    businessUnit: showCalledUnit(businessUnitOf(row, records), row),
    leadCall: showLeadCall(row, records),
  };
}
