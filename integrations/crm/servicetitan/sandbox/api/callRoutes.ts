import { z } from 'zod';
import { changeCall } from '../office/calls.ts';
import { requireRow } from '../office/Desk.ts';
import { showCallDetail, showLeadCall } from '../resources/showCall.ts';
import { calls } from '../resources/telecomResources.ts';
import { type CallRow, callType } from '../rows/callRows.ts';
import { flag, text } from '../rows/members.ts';
import { id } from './bodyMembers.ts';
import { invalid } from './ApiError.ts';
import { checkLinks } from './checkLinks.ts';
import { type Call, pathId, readBody, type Route } from './route.ts';

const scope = 'tlc.calls';
const onePath = 'telecom/v2/tenant/:tenant/calls/:id';

const callChangesBody = z.object({
  callId: id.nullish(),
  callType: callType.nullish(),
  excuseMemo: text,
  campaignId: id.nullish(),
  jobId: id.nullish(),
  agentId: id.nullish(),
  reason: z.object({ name: text, lead: flag }),
  customer: z.object({ id, name: text }),
  location: z.object({ id, name: text }),
  tag: text,
});

function callOf(call: Call): CallRow {
  return requireRow(call.desk.records.calls, 'Call', pathId(call));
}

/** Version 3 wants no plus before what is sorted up; the lists underneath do. */
function withPlus(query: URLSearchParams): URLSearchParams {
  const changed = new URLSearchParams(query);
  const sort = changed.get('sort')?.trim();
  if (sort === undefined || sort === '' || sort.startsWith('-')) return changed;
  if (sort.startsWith('+')) throw invalid({ sort: ['Ascending order is written without a plus here.'] });
  changed.set('sort', `+${sort}`);
  return changed;
}

export const callRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'telecom/v3/tenant/:tenant/calls',
    scope,
    handle: ({ desk, query }) => calls.list(desk.records, withPlus(query)),
  },
  {
    method: 'GET',
    path: onePath,
    scope,
    handle: (call) => showCallDetail(callOf(call), call.desk.records),
  },
  {
    method: 'PUT',
    path: onePath,
    scope,
    handle: (call) => {
      const known = callOf(call);
      const { callId: _, customer, location, ...body } = readBody(call, callChangesBody);
      const { records } = call.desk;
      const links = { customerId: customer.id, locationId: location.id };
      checkLinks(records, { ...links, jobId: body.jobId, campaignId: body.campaignId });
      return showLeadCall(changeCall(call.desk, known, { ...body, ...links }), records);
    },
  },
];
