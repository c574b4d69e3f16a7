import { z } from 'zod';
import { createCampaign, describeCampaign } from '../office/campaigns.ts';
import { requireRow } from '../office/Desk.ts';
import { findSuppression, suppress, unsuppress } from '../office/suppressions.ts';
import { flag, text } from '../rows/members.ts';
import { suppressionReason } from '../rows/salesRows.ts';
import { notFound } from './ApiError.ts';
import { id } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { pathId, readBody, type Route } from './route.ts';

const campaignsPath = 'marketing/v2/tenant/:tenant/campaigns';
const suppressionsPath = 'marketing/v2/tenant/:tenant/suppressions';
const campaigns = 'mar.campaigns';
const suppressions = 'mar.suppressions';

/** The same for a new campaign as for a changed one: a change is whole. */
const campaignBody = z.object({
  name: text.min(1),
  businessUnitId: id,
  categoryId: id,
  active: flag,
  dnis: text.nullish(),
  isDefaultCampaign: flag.nullish(),
  source: text.nullish(),
  medium: text.nullish(),
  otherSource: text.nullish(),
  otherMedium: text.nullish(),
});

const suppressBody = z.object({ emails: z.array(text.min(1)), reason: suppressionReason });
const unsuppressBody = z.object({ emails: z.array(text.min(1)) });

export const marketingRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: campaignsPath,
    scope: campaigns,
    handle: (call) => {
      const body = readBody(call, campaignBody);
      checkLinks(call.desk.records, body);
      return createCampaign(call.desk, body);
    },
  },
  {
    method: 'PATCH',
    path: `${campaignsPath}/:id`,
    scope: campaigns,
    handle: (call) => {
      const { records, now } = call.desk;
      const campaign = requireRow(records.campaigns, 'Campaign', pathId(call));
      const body = readBody(call, campaignBody);
      checkLinks(records, body);
      return records.campaigns.put({
        ...campaign,
        ...describeCampaign(call.desk, body),
        modifiedOn: now,
      });
    },
  },
  {
    method: 'POST',
    path: `${suppressionsPath}/suppress`,
    scope: suppressions,
    handle: (call) => {
      const { emails, reason } = readBody(call, suppressBody);
      suppress(call.desk, emails, reason);
    },
  },
  {
    method: 'POST',
    path: `${suppressionsPath}/unsuppress`,
    scope: suppressions,
    handle: (call) => unsuppress(call.desk, readBody(call, unsuppressBody).emails),
  },
  {
    method: 'GET',
    path: `${suppressionsPath}/:email`,
    scope: suppressions,
    handle: (call) => {
      const email = call.params['email'] ?? '';
      const row = findSuppression(call.desk, email);
      if (!row) throw notFound('Suppression', email);
      return row;
    },
  },
];
