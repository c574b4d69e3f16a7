import { z } from 'zod';
import { flag, text } from '../rows/members.ts';
import { id, money } from './bodyMembers.ts';

export const estimateItemBody = z.object({
  id: id.nullish(),
  skuId: id.nullish(),
  skuName: text.nullish(),
  parentItemId: id.nullish(),
  description: text.nullish(),
  isAddOn: flag.nullish(),
  quantity: money.nullish(),
  unitPrice: money.nullish(),
  skipUpdatingMembershipPrices: flag.nullish(),
  itemGroupName: text.nullish(),
  itemGroupRootId: id.nullish(),
  chargeable: flag.nullish(),
  useDefaultProjectLabels: flag.nullish(),
  budgetCodeId: id.nullish(),
  unitCost: money.optional(),
});

export const estimateChangesBody = z.object({
  name: text.nullish(),
  summary: text.nullish(),
  tax: money.nullish(),
  status: z.enum(['Open', 'Sold', 'Dismissed']).nullish(),
  reviewStatus: z.enum(['None', 'NeedsApproval', 'Approved', 'NotApproved']).nullish(),
  soldBy: id.nullish(),
  isRecommended: flag.nullish(),
  budgetCodeId: id.nullish(),
  items: z.array(estimateItemBody).nullish(),
  externalLinks: z
    .array(z.object({ name: text.nullable().default(null), url: text.nullable().default(null) }))
    .nullish(),
});

export const newEstimateBody = estimateChangesBody.extend({
  jobId: id.nullish(),
  projectId: id.nullish(),
  locationId: id.nullish(),
});

export const sellBody = z.object({ soldBy: id });
