import { z } from 'zod';
import { apiModule, nothing } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { category } from './shared.ts';
import { flag, id, optional, text, timestamp, word } from './values.ts';

const campaign = z.object({
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
  campaignPhoneNumbers: optional(z.array(text)),
});

const campaignToSave = z.strictObject({
  name: text,
  businessUnitId: id,
  dnis: text.nullish(),
  categoryId: id,
  active: flag,
  isDefaultCampaign: flag.nullish(),
  source: text.nullish(),
  medium: text.nullish(),
  otherSource: text.nullish(),
  otherMedium: text.nullish(),
});

const suppression = z.object({
  id,
  email: text,
  reason: optional(word('Unsubscribe', 'Bounce', 'SpamReport', 'ManualUnsubscribe', 'NeverEmail')),
  modifiedOn: timestamp,
  createdOn: timestamp,
  active: flag,
});

const emailsToSuppress = z.strictObject({
  emails: z.array(text),
  reason: z.enum(['Unsubscribe', 'Bounce', 'SpamReport', 'ManualUnsubscribe', 'NeverEmail']),
});

const emailsToUnsuppress = z.strictObject({ emails: z.array(text) });

const marketing = apiModule('marketing/v2');

export const marketingOperations = {
  listCampaigns: marketing.list('campaigns', {
    scope: 'mar.campaigns',
    query: {
      ...standard,
      active: parameter.active,
      ids: parameter.ids,
      name: parameter.text,
      campaignPhoneNumber: parameter.text,
      sort: parameter.sort('Id', 'Name', 'CreatedOn', 'ModifiedOn'),
    },
    row: campaign,
  }),
  getCampaign: marketing.get('campaigns/{id}', { scope: 'mar.campaigns', reply: campaign }),
  createCampaign: marketing.post('campaigns', {
    scope: 'mar.campaigns',
    body: campaignToSave,
    reply: campaign,
  }),
  updateCampaign: marketing.patch('campaigns/{id}', {
    scope: 'mar.campaigns',
    body: campaignToSave,
    reply: campaign,
  }),
  listSuppressions: marketing.list('suppressions', {
    scope: 'mar.suppressions',
    query: {
      ...standard,
      active: parameter.active,
      ids: parameter.ids,
      email: parameter.text,
      sort: parameter.sort('Id', 'Email', 'CreatedOn', 'ModifiedOn'),
    },
    row: suppression,
  }),
  getSuppression: marketing.get('suppressions/{email}', { scope: 'mar.suppressions', reply: suppression }),
  suppressEmails: marketing.post('suppressions/suppress', {
    scope: 'mar.suppressions',
    body: emailsToSuppress,
    reply: nothing,
    repeatable: true,
  }),
  unsuppressEmails: marketing.post('suppressions/unsuppress', {
    scope: 'mar.suppressions',
    body: emailsToUnsuppress,
    reply: nothing,
    repeatable: true,
  }),
};
