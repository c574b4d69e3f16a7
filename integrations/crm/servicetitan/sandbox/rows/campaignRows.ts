import { z } from 'zod';
import { active, flag, id, optionalFlag, optionalText, text, timestamp } from './members.ts';

export const campaignCategoryRow = z.object({
  id,
  name: text,
  active,
  type: z.enum(['Regular', 'GoogleHomeServices']).default('Regular'),
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type CampaignCategoryRow = z.infer<typeof campaignCategoryRow>;

export const campaignRow = z.object({
  id,
  name: text,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
  isDefaultCampaign: optionalFlag,
  category: z.object({ id, name: text, active: flag }).nullable().default(null),
  source: optionalText,
  otherSource: optionalText,
  /** The name of the unit. */
  businessUnit: optionalText,
  medium: optionalText,
  otherMedium: optionalText,
  campaignPhoneNumbers: z.array(text).nullable().default([]),
});
export type CampaignRow = z.infer<typeof campaignRow>;
