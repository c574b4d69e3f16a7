import { z } from 'zod';
import {
  active,
  flag,
  id,
  money,
  optionalFlag,
  optionalLink,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

/** The numbers are assumed from the order of the request's enum; only the names are documented. */
const estimateStatusValues: Readonly<Record<string, number>> = { Open: 0, Sold: 1, Dismissed: 2 };

export function estimateStatus(name: string): { value: number; name: string } {
  return { value: estimateStatusValues[name] ?? 0, name };
}

const status = z
  .union([text.transform(estimateStatus), z.object({ value: z.int().optional(), name: text })])
  .nullable()
  .default(() => estimateStatus('Open'))
  .transform(
    (value) => value && { value: value.value ?? estimateStatus(value.name).value, name: value.name },
  );

const sku = z.object({
  id: z.int().nonnegative().default(0),
  name: text.default(''),
  displayName: text.default(''),
  type: text.default('Service'),
  soldHours: money.default(0),
  generalLedgerAccountId: z.int().default(0),
  generalLedgerAccountName: text.default(''),
  modifiedOn: optionalTimestamp,
});

export const estimateItem = z.object({
  id,
  sku: sku.default(sku.parse({})),
  skuAccount: text.default(''),
  description: text.default(''),
  membershipTypeId: optionalLink,
  qty: money.default(1),
  unitRate: money.default(0),
  total: money.default(0),
  unitCost: money.default(0),
  totalCost: money.default(0),
  itemGroupName: text.default(''),
  itemGroupRootId: optionalLink,
  createdOn: optionalTimestamp,
  modifiedOn: optionalTimestamp,
  chargeable: optionalFlag,
  invoiceItemId: optionalLink,
  budgetCodeId: optionalLink,
});
export type EstimateItem = z.infer<typeof estimateItem>;

export const estimateRow = z.object({
  id,
  jobId: optionalLink,
  projectId: optionalLink,
  locationId: optionalLink,
  customerId: optionalLink,
  name: optionalText,
  jobNumber: optionalText,
  status,
  reviewStatus: z.enum(['None', 'NeedsApproval', 'Approved', 'NotApproved']).default('None'),
  summary: optionalText,
  createdOn: timestamp,
  modifiedOn: timestamp,
  soldOn: optionalTimestamp,
  soldBy: optionalLink,
  active,
  items: z.array(estimateItem.loose()).nullable().default([]),
  externalLinks: z
    .array(z.object({ name: optionalText, url: optionalText }))
    .nullable()
    .default([]),
  subtotal: money.default(0),
  tax: money.default(0),
  businessUnitId: optionalLink,
  businessUnitName: optionalText,
  isRecommended: flag.default(false),
  budgetCodeId: optionalLink,
  isChangeOrder: flag.default(false),
  proposalTagName: optionalText,
});
export type EstimateRow = z.infer<typeof estimateRow>;

export const estimateStatusChangeRow = z.object({
  id,
  estimateId: requiredLink,
  oldStatus: optionalText,
  newStatus: optionalText,
  createdOn: timestamp,
  createdById: optionalLink,
  active,
});
export type EstimateStatusChangeRow = z.infer<typeof estimateStatusChangeRow>;

export const suppressionReason = z.enum([
  'Unsubscribe',
  'Bounce',
  'SpamReport',
  'ManualUnsubscribe',
  'NeverEmail',
]);

export const suppressionRow = z.object({
  id,
  email: text.min(1),
  reason: suppressionReason.nullable().default('Unsubscribe'),
  modifiedOn: timestamp,
  createdOn: timestamp,
  active,
});
export type SuppressionRow = z.infer<typeof suppressionRow>;
