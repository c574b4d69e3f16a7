import { requireRow } from '../office/Desk.ts';
import { createLead, dismissLead } from '../office/leads.ts';
import { without } from '../resources/defineResource.ts';
import type { LeadRow } from '../rows/crmRows.ts';
import { invalid } from './ApiError.ts';
import { dismissLeadBody, leadChangesBody, newLeadBody } from './bodies.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/leads';
const scope = 'crm.leads';

function leadOf(call: Call): LeadRow {
  return requireRow(call.desk.records.leads, 'Lead', pathId(call));
}

function showLead(lead: LeadRow) {
  return without(lead, new Set(['active']));
}

export const leadRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = readBody(call, newLeadBody);
      const { records } = call.desk;
      if (body.customerId && !records.customers.get(body.customerId)) {
        throw invalid({ customerId: [`Customer ${body.customerId} was not found.`] });
      }
      const lead = createLead(call.desk, sentMembers(body));
      const booking = records.bookings.get(body.bookingId);
      if (booking?.status === 'New') {
        records.bookings.put({ ...booking, status: 'Accepted', modifiedOn: call.desk.now });
      }
      return showLead(lead);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const lead = leadOf(call);
      const changes = sentMembers(readBody(call, leadChangesBody));
      return showLead(call.desk.records.leads.put({ ...lead, ...changes, modifiedOn: call.desk.now }));
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/dismiss`,
    scope,
    handle: (call) => {
      dismissLead(call.desk, leadOf(call), readBody(call, dismissLeadBody).dismissingReasonId);
    },
  },
];
