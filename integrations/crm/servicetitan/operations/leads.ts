import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { note, sentGeoAddress } from './shared.ts';
import { flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const lead = z.object({
  id,
  status: word('Open', 'Dismissed', 'Converted'),
  priority: word('Low', 'Normal', 'High', 'Urgent'),
  customerId: optional(id),
  locationId: optional(id),
  businessUnitId: optional(id),
  jobTypeId: optional(id),
  campaignId: id,
  followUpDate: optional(timestamp),
  createdById: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
  tagTypeIds: optional(z.array(id)),
  dismissingReasonId: optional(id),
  summary: optional(text),
  callReasonId: optional(id),
  callId: optional(id),
  bookingId: optional(id),
  manualCallId: optional(id),
  leadUrl: optional(text),
  leadCustomerName: optional(text),
  leadPhone: optional(text),
  leadEmail: optional(text),
  leadStreet: optional(text),
  leadUnit: optional(text),
  leadCity: optional(text),
  leadState: optional(text),
  leadZip: optional(text),
  leadCountry: optional(text),
  captureSource: optional(text),
});

const newLead = z.strictObject({
  customerId: id.nullish(),
  locationId: id.nullish(),
  campaignId: id,
  businessUnitId: id.nullish(),
  jobTypeId: id.nullish(),
  summary: text,
  tagTypeIds: z.array(id).nullish(),
  priority: z.enum(['Low', 'Normal', 'High', 'Urgent']).nullish(),
  callReasonId: id.nullish(),
  followUpDate: sentTime.nullish(),
  bookingId: id.nullish(),
  leadCustomerName: text.nullish(),
  leadPhone: text.nullish(),
  leadEmail: text.nullish(),
  leadStreet: text.nullish(),
  leadUnit: text.nullish(),
  leadCity: text.nullish(),
  leadState: text.nullish(),
  leadZip: text.nullish(),
  leadCountry: text.nullish(),
});

const leadChanges = z.strictObject({
  campaignId: id.optional(),
  priority: z.enum(['Low', 'Normal', 'High', 'Urgent']).optional(),
  businessUnitId: id.optional(),
  jobTypeId: id.optional(),
  summary: text.optional(),
  leadCustomerName: text.optional(),
  leadPhone: text.optional(),
  leadEmail: text.optional(),
  leadStreet: text.optional(),
  leadUnit: text.optional(),
  leadCity: text.optional(),
  leadState: text.optional(),
  leadZip: text.optional(),
  leadCountry: text.optional(),
});

const leadDismissal = z.strictObject({ dismissingReasonId: id });

const followUp = z.object({ leadId: id, followUpDate: timestamp, text: optional(text), pinToTop: flag });

const newFollowUp = z.strictObject({
  followUpDate: sentTime,
  text: text.nullish(),
  pinToTop: flag.nullish(),
});

export const newLeadNote = z.strictObject({ text, pinToTop: flag.nullish() });

const submittedLead = z.object({ leadId: id });

const leadForm = z.strictObject({
  name: text,
  email: text.nullish(),
  phoneNumber: text.nullish(),
  address: sentGeoAddress.nullish(),
  summary: text.nullish(),
});

const exportedLead = lead.extend({ active: flag });

const leadCallReason = z.object({
  id,
  name: text,
  isLead: flag,
  active: flag,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const crm = apiModule('crm/v2');
const jbce = apiModule('jbce/v2');

export const leadOperations = {
  listLeads: crm.list('leads', {
    scope: 'crm.leads',
    query: {
      ...standard,
      ids: parameter.ids,
      customerId: parameter.id,
      isProspect: parameter.flag,
      withoutCustomer: parameter.flag,
      status: parameter.choice('Open', 'Dismissed', 'Converted'),
      customerCity: parameter.text,
      customerState: parameter.text,
      customerZip: parameter.text,
      customerCreatedOnOrAfter: parameter.time,
      customerCreatedBefore: parameter.time,
      customerModifiedOnOrAfter: parameter.time,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn'),
      genPermUrl: parameter.flag,
      leadCustomerName: parameter.text,
      leadPhone: parameter.text,
      isCaptureSourceForm: parameter.flag,
    },
    row: lead,
  }),
  getLead: crm.get('leads/{id}', { scope: 'crm.leads', reply: lead }),
  createLead: crm.post('leads', { scope: 'crm.leads', body: newLead, reply: lead }),
  updateLead: crm.patch('leads/{id}', { scope: 'crm.leads', body: leadChanges, reply: lead }),
  dismissLead: crm.post('leads/{id}/dismiss', { scope: 'crm.leads', body: leadDismissal, reply: nothing }),
  followUpLead: crm.post('leads/{id}/follow-up', { scope: 'crm.leads', body: newFollowUp, reply: followUp }),
  listLeadNotes: crm.list('leads/{id}/notes', { scope: 'crm.leads', query: { ...standard }, row: note }),
  createLeadNote: crm.post('leads/{id}/notes', { scope: 'crm.leads', body: newLeadNote, reply: note }),
  submitLeadForm: crm.post('leads/form', { scope: 'crm.leads', body: leadForm, reply: submittedLead }),
  exportLeads: crm.feed('export/leads', { scope: 'crm.leads', row: exportedLead }),
  listCallReasons: jbce.list('call-reasons', {
    scope: 'jbce.callreasons',
    query: { ...standard, active: parameter.active, sort: parameter.text },
    row: leadCallReason,
  }),
};
