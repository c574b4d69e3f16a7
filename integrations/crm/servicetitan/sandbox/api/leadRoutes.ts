import { requireRow } from '../office/Desk.ts';
import { createLead, dismissLead, followUpLead, updateLead } from '../office/leads.ts';
import { leads } from '../resources/leadResources.ts';
import type { LeadRow } from '../rows/crmRows.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { dismissLeadBody, followUpBody, leadChangesBody, leadFormBody, newLeadBody } from './leadBodies.ts';
import { type Call, pathId, readBody, type Route, sentMembers } from './route.ts';

const path = 'crm/v2/tenant/:tenant/leads';
const scope = 'crm.leads';

/** The campaign of whoever fills in a form, which names none. */
const formCampaignId = 1;

function leadOf(call: Call): LeadRow {
  return requireRow(call.desk.records.leads, 'Lead', pathId(call));
}

export const leadRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => {
      const body = readBody(call, newLeadBody);
      const { records, now } = call.desk;
      checkLinks(records, body);
      const lead = createLead(call.desk, givenMembers(body));
      const booking = records.bookings.get(body.bookingId);
      if (booking?.status === 'New')
        records.bookings.put({ ...booking, status: 'Accepted', modifiedOn: now });
      return leads.get(records, lead.id);
    },
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const lead = leadOf(call);
      const changes = sentMembers(readBody(call, leadChangesBody));
      checkLinks(call.desk.records, changes);
      updateLead(call.desk, lead, changes);
      return leads.get(call.desk.records, lead.id);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/dismiss`,
    scope,
    handle: (call) => {
      const lead = leadOf(call);
      const body = readBody(call, dismissLeadBody);
      checkLinks(call.desk.records, body);
      dismissLead(call.desk, lead, body.dismissingReasonId);
    },
  },
  {
    method: 'POST',
    path: `${path}/:id/follow-up`,
    scope,
    handle: (call) => {
      const lead = leadOf(call);
      const body = readBody(call, followUpBody);
      followUpLead(call.desk, lead, body);
      const { followUpDate, text = null, pinToTop } = body;
      return { leadId: lead.id, followUpDate, text, pinToTop: pinToTop ?? false };
    },
  },
  {
    method: 'POST',
    path: `${path}/form`,
    scope,
    handle: (call) => {
      const { name, email, phoneNumber, address, summary } = readBody(call, leadFormBody);
      const lead = createLead(call.desk, {
        campaignId: formCampaignId,
        captureSource: 'Form',
        leadCustomerName: name,
        ...givenMembers({
          summary,
          leadEmail: email,
          leadPhone: phoneNumber,
          leadStreet: address?.street,
          leadUnit: address?.unit,
          leadCity: address?.city,
          leadState: address?.state,
          leadZip: address?.zip,
          leadCountry: address?.country,
        }),
      });
      return { leadId: lead.id };
    },
  },
];
