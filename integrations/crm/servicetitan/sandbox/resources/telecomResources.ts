import { type CallRow, callRow, optOutRow } from '../rows/callRows.ts';
import { timeOf } from '../timestamps.ts';
import { defineResource } from './defineResource.ts';
import { type Filter, flagIs, idIn, integerIs, textContains, textIs } from './filters.ts';
import { linkedId } from './namedLinks.ts';
import { commonSorts } from './readList.ts';
import { showFedCall, showListedCall } from './showCall.ts';

/** Unlike `…OnOrAfter`, the moment itself is left out. */
function after(read: (row: CallRow) => string): Filter<CallRow> {
  return (reader, name) => {
    const moment = reader.timestamp(name);
    return moment === undefined ? undefined : (row) => read(row) > moment;
  };
}

function seconds({ duration }: CallRow): number {
  return timeOf(`1970-01-01T${duration}Z`) / 1000;
}

const digitsOf = (text: string | undefined): string => (text ?? '').replaceAll(/\D/g, '');

function numberEnds(read: (row: CallRow) => string): Filter<CallRow> {
  return (reader, name) => {
    const digits = digitsOf(reader.text(name));
    return digits === '' ? undefined : (row) => digitsOf(read(row)).endsWith(digits);
  };
}

const links = ['customerId', 'locationId', 'campaignId', 'jobId'] as const;

export const calls = defineResource({
  name: 'calls',
  noun: 'Call',
  scope: 'tlc.calls',
  select: (records) => records.calls,
  schema: callRow.loose(),
  fill: (raw) => ({
    customerId: linkedId(raw['customer']),
    locationId: linkedId(raw['location']),
    campaignId: linkedId(raw['campaign']),
    jobId: linkedId(raw['job']),
  }),
  exportPaths: ['telecom/v2/tenant/:tenant/export/calls'],
  show: showListedCall,
  showInExport: showFedCall,
  internal: [...links, 'isLeadReason', 'agentExternalId', 'sid'],
  activeByDefault: 'True',
  sorts: { ...commonSorts, ReceivedOn: (row) => row.createdOn },
  filters: {
    ids: idIn((row) => row.id),
    createdAfter: after((row) => row.createdOn),
    modifiedAfter: after((row) => row.modifiedOn),
    campaignId: integerIs((row) => row.campaignId),
    agentId: integerIs((row) => row.agent?.id),
    minDuration: (reader, name) => {
      const least = reader.integer(name);
      return least === undefined ? undefined : (row) => seconds(row) >= least;
    },
    phoneNumberCalled: numberEnds((row) => row.to),
    callerPhoneNumber: numberEnds((row) => row.from),
    agentName: textContains((row) => row.agent?.name),
    agentIsExternal: flagIs((row) => Boolean(row.agentExternalId)),
    agentExternalId: integerIs((row) => row.agentExternalId),
    sid: textIs((row) => row.sid),
    tag: textIs((row) => row.tag),
  },
});

export const optOuts = defineResource({
  name: 'opt_outs',
  noun: 'Opt-out',
  scope: 'tlc.optinouts',
  select: (records) => records.opt_outs,
  schema: optOutRow.loose(),
  activeByDefault: 'shown',
  sorts: {},
  filters: {},
});
