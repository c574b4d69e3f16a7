import { z } from 'zod';
import {
  active,
  createdById,
  flag,
  id,
  links,
  money,
  optionalLink,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const membershipStatus = z.enum(['Active', 'Suspended', 'Expired', 'Canceled', 'Deleted']);
export const billingFrequency = z.enum([
  'OneTime',
  'Monthly',
  'EveryOtherMonth',
  'Quarterly',
  'BiAnnual',
  'Annual',
]);
/** Months. */
const duration = z.int().nullable().default(null);

export const membershipRow = z.object({
  id,
  createdOn: timestamp,
  createdById,
  modifiedOn: timestamp,
  followUpOn: timestamp,
  cancellationDate: optionalTimestamp,
  from: optionalTimestamp,
  nextScheduledBillDate: optionalTimestamp,
  to: optionalTimestamp,
  billingFrequency: billingFrequency.default('Annual'),
  renewalBillingFrequency: billingFrequency.nullable().default(null),
  status: membershipStatus.default('Active'),
  followUpStatus: z
    .enum(['NotAttempted', 'Unreachable', 'Contacted', 'Won', 'Dismissed'])
    .default('NotAttempted'),
  active,
  initialDeferredRevenue: money.default(0),
  duration,
  renewalDuration: duration,
  businessUnitId: requiredLink.default(0),
  customerId: requiredLink,
  membershipTypeId: requiredLink.default(0),
  activatedById: optionalLink,
  activatedFromId: optionalLink,
  billingTemplateId: optionalLink,
  cancellationBalanceInvoiceId: optionalLink,
  cancellationInvoiceId: optionalLink,
  followUpCustomStatusId: optionalLink,
  locationId: optionalLink,
  paymentMethodId: optionalLink,
  paymentTypeId: optionalLink,
  recurringLocationId: optionalLink,
  renewalMembershipTaskId: optionalLink,
  renewedById: optionalLink,
  soldById: optionalLink,
  customerPo: optionalText,
  importId: optionalText,
  memo: optionalText,
  customFields: z.array(z.object({ typeId: z.int(), name: text, value: optionalText })).default([]),
});
export type MembershipRow = z.infer<typeof membershipRow>;

export const membershipStatusChangeRow = z.object({
  id,
  membershipId: requiredLink,
  oldStatus: membershipStatus,
  newStatus: membershipStatus,
  note: optionalText,
  createdOn: timestamp,
  createdById,
  active,
});
export type MembershipStatusChangeRow = z.infer<typeof membershipStatusChangeRow>;

/** One way to pay for a membership; what is sold is one of these. */
const durationBilling = z.object({
  id,
  duration,
  billingFrequency: billingFrequency.default('Annual'),
  salePrice: money.default(0),
  billingPrice: money.default(0),
  renewalPrice: money.default(0),
});
export type DurationBilling = z.infer<typeof durationBilling>;

export const membershipTypeRow = z.object({
  id,
  name: text,
  displayName: optionalText,
  active,
  discountMode: z.enum(['Basic', 'Units', 'Categories']).default('Basic'),
  locationTarget: z.enum(['AllLocations', 'SingleLocation']).default('AllLocations'),
  revenueRecognitionMode: z.enum(['PointOfSale', 'Deferred']).default('PointOfSale'),
  autoCalculateInvoiceTemplates: flag.default(false),
  useMembershipPricingTable: flag.default(false),
  showMembershipSavings: flag.default(true),
  createdOn: timestamp,
  createdById,
  modifiedOn: timestamp,
  importId: optionalText,
  billingTemplateId: optionalLink,
  discount: money.default(0),
  durationBilling: z.array(durationBilling).nullable().default([]),
  discounts: z
    .array(z.object({ targetId: id, discount: money }))
    .nullable()
    .default([]),
  recurringServices: z
    .array(
      z.object({
        membershipTypeId: requiredLink,
        recurringServiceTypeId: requiredLink,
        offset: z.int(),
        offsetType: z.enum(['Weeks', 'Months']),
        allocation: money,
      }),
    )
    .nullable()
    .default([]),
  tagTypeIds: links.nullable(),
});
export type MembershipTypeRow = z.infer<typeof membershipTypeRow>;
