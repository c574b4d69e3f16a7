import { z } from 'zod';
import { phoneSettings } from './contacts.ts';
import { jobCustomField } from './jobs.ts';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { category, named } from './shared.ts';
import { decimal, flag, id, optional, text, timestamp, word } from './values.ts';

const telecomJobType = z.object({ id, name: text, modifiedOn: timestamp });

const callReason = z.object({ id, name: text, lead: flag, active: flag });

const callAgent = z.object({ id, name: text, externalId: optional(id) });

const telecomTag = z.object({ id, typeName: text });

const leadCall = z.object({
  createdOn: timestamp,
  active: flag,
  id,
  receivedOn: timestamp,
  duration: text,
  from: text,
  to: text,
  direction: word('Inbound', 'Outbound'),
  callType: optional(word('Abandoned', 'Unbooked', 'Excused', 'Booked', 'NotLead')),
  reason: callReason,
  recordingUrl: text,
  voiceMailUrl: text,
  createdBy: named,
  customer: named,
  campaign: named,
  modifiedOn: timestamp,
  agent: callAgent,
  sid: optional(text),
  tags: optional(z.array(telecomTag)),
});

const call = z.object({
  id,
  jobNumber: text,
  projectId: id,
  businessUnit: named,
  type: telecomJobType,
  leadCall,
});

const telecomBusinessUnitAddress = z.object({
  street: text,
  unit: text,
  city: text,
  state: text,
  zip: text,
  country: text,
});

const telecomBusinessUnitTenant = z.object({
  id,
  name: text,
  quickbooksClass: text,
  accountCode: text,
  franchiseId: text,
  conceptCode: text,
  modifiedOn: timestamp,
});

const telecomBusinessUnit = z.object({
  id,
  active: flag,
  name: text,
  officialName: text,
  email: text,
  currency: text,
  phoneNumber: text,
  invoiceHeader: text,
  invoiceMessage: text,
  defaultTaxRate: decimal,
  authorizationParagraph: text,
  acknowledgementParagraph: text,
  address: telecomBusinessUnitAddress,
  materialSku: text,
  quickbooksClass: text,
  accountCode: text,
  franchiseId: text,
  conceptCode: text,
  corporateContractNumber: text,
  tenant: telecomBusinessUnitTenant,
  modifiedOn: timestamp,
});

const telecomAddress = telecomBusinessUnitAddress.extend({
  streetAddress: text,
  latitude: optional(decimal),
  longitude: optional(decimal),
});

const contact = z.object({
  id: optional(id),
  type: text,
  value: text,
  memo: text,
  active: flag,
  modifiedOn: timestamp,
});

const telecomMembershipType = z.object({ id, active: flag, name: text });

const telecomMembership = z.object({
  id,
  active: flag,
  type: telecomMembershipType,
  status: text,
  from: optional(timestamp),
  to: optional(timestamp),
  locationId: id,
});

const telecomCustomer = z.object({
  id,
  active: flag,
  name: text,
  email: text,
  balance: optional(decimal),
  doNotMail: flag,
  address: telecomAddress,
  importId: text,
  doNotService: flag,
  type: word('Residential', 'Commercial'),
  contacts: z.array(contact),
  mergedToId: optional(id),
  modifiedOn: timestamp,
  memberships: z.array(telecomMembership),
  hasActiveMembership: optional(flag),
  customFields: z.array(jobCustomField),
  createdOn: timestamp,
  createdBy: optional(id),
  phoneSettings: z.array(phoneSettings),
});

const telecomCampaign = z.object({
  id,
  name: text,
  modifiedOn: timestamp,
  createdOn: timestamp,
  active: flag,
  isDefaultCampaign: optional(flag),
  category: optional(category),
  source: optional(text),
  otherSource: optional(text),
  businessUnit: optional(text),
  medium: optional(text),
  otherMedium: optional(text),
  dnis: optional(text),
});

const detailedCall = z.object({
  id,
  receivedOn: timestamp,
  duration: text,
  from: text,
  to: text,
  direction: word('Inbound', 'Outbound'),
  callType: optional(word('Abandoned', 'Unbooked', 'Excused', 'Booked', 'NotLead')),
  reason: callReason,
  recordingUrl: text,
  voiceMailUrl: text,
  createdBy: named,
  customer: telecomCustomer,
  campaign: telecomCampaign,
  modifiedOn: timestamp,
  agent: callAgent,
  sid: text,
  tags: z.array(telecomTag),
});

const callDetails = z.object({
  id,
  jobNumber: text,
  projectId: id,
  businessUnit: telecomBusinessUnit,
  type: telecomJobType,
  leadCall: detailedCall,
});

const sentReason = z.strictObject({ name: text, lead: flag });

const sentCallAddress = z.strictObject({
  street: text,
  unit: text,
  country: text,
  city: text,
  state: text,
  zip: text,
  latitude: decimal.nullish(),
  longitude: decimal.nullish(),
});

const sentCallContact = z.strictObject({ id: id.nullish(), type: text, value: text, memo: text });

const sentCustomer = z.strictObject({
  id,
  name: text,
  address: sentCallAddress,
  contacts: z.array(sentCallContact),
});

const callChanges = z.strictObject({
  callId: id.nullish(),
  callType: z.enum(['Abandoned', 'Unbooked', 'Excused', 'Booked', 'NotLead']).nullish(),
  excuseMemo: text,
  campaignId: id.nullish(),
  jobId: id.nullish(),
  agentId: id.nullish(),
  reason: sentReason,
  customer: sentCustomer,
  location: sentCustomer,
  tag: text,
});

const telecomJob = z.object({ id, number: text });

const telecomLead = z.object({ id });

const exportedCall = z.object({
  id,
  duration: text,
  from: text,
  to: text,
  direction: word('Inbound', 'Outbound'),
  status: word('Ringing', 'Answered', 'Completed', 'Initiated'),
  type: optional(word('Abandoned', 'Unbooked', 'Excused', 'Booked', 'NotLead')),
  recordingUrl: optional(text),
  voiceMailPath: optional(text),
  createdOn: timestamp,
  modifiedOn: timestamp,
  reason: optional(named),
  customer: optional(named),
  location: optional(named),
  campaign: optional(named),
  job: optional(telecomJob),
  agent: optional(named),
  createdBy: optional(named),
  excuseMemo: text,
  tag: text,
  active: flag,
  lead: optional(telecomLead),
});

const optOut = z.object({ contactNumber: text, optOutType: word('Unknown', 'Global', 'Marketing', 'Other') });

const optOutList = z.object({ data: z.array(optOut) });

const createdOptOut = z.object({ contactNumber: text, status: word('Ok', 'RetryableError', 'LogicalError') });

const createdOptOuts = z.object({ data: z.array(createdOptOut) });

const numbersToOptOut = z.strictObject({
  optOutType: z.enum(['Unknown', 'Global', 'Marketing', 'Other']),
  contactNumbers: z.array(text),
});

const numbersToFind = z.strictObject({ contactNumbers: z.array(text) });

const telecomV3 = apiModule('telecom/v3');
const telecom = apiModule('telecom/v2');

export const telecomOperations = {
  listCalls: telecomV3.list('calls', {
    scope: 'tlc.calls',
    query: {
      ...standard,
      ids: parameter.ids,
      active: parameter.active,
      createdAfter: parameter.time,
      modifiedAfter: parameter.time,
      campaignId: parameter.id,
      agentId: parameter.id,
      minDuration: parameter.whole,
      phoneNumberCalled: parameter.text,
      callerPhoneNumber: parameter.text,
      agentName: parameter.text,
      agentIsExternal: parameter.flag,
      agentExternalId: parameter.id,
      sort: parameter.text,
      sid: parameter.text,
      tag: parameter.text,
    },
    row: call,
  }),
  getCall: telecom.get('calls/{id}', { scope: 'tlc.calls', reply: callDetails }),
  updateCall: telecom.put('calls/{id}', {
    scope: 'tlc.calls',
    body: callChanges,
    reply: detailedCall,
    repeatable: true,
  }),
  exportCalls: telecom.feed('export/calls', { scope: 'tlc.calls', row: exportedCall }),
  getOptOuts: telecomV3.get('optinouts/optouts', { scope: 'tlc.optinouts', reply: optOutList }),
  createOptOuts: telecomV3.post('optinouts/optouts', {
    scope: 'tlc.optinouts',
    body: numbersToOptOut,
    reply: createdOptOuts,
    repeatable: true,
  }),
  findOptOuts: telecomV3.post('optinouts/optouts/getlist', {
    scope: 'tlc.optinouts',
    body: numbersToFind,
    reply: optOutList,
    repeatable: true,
  }),
};
