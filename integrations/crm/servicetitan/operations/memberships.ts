import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { modification } from './settings.ts';
import { decimal, flag, id, optional, sentTime, text, timestamp, whole, word } from './values.ts';

const membershipCustomField = z.object({ typeId: id, name: text, value: optional(text) });

const membership = z.object({
  id,
  createdOn: timestamp,
  createdById: optional(id),
  modifiedOn: timestamp,
  followUpOn: timestamp,
  cancellationDate: optional(timestamp),
  from: optional(timestamp),
  nextScheduledBillDate: optional(timestamp),
  to: optional(timestamp),
  billingFrequency: word('OneTime', 'Monthly', 'EveryOtherMonth', 'Quarterly', 'BiAnnual', 'Annual'),
  renewalBillingFrequency: optional(
    word('OneTime', 'Monthly', 'EveryOtherMonth', 'Quarterly', 'BiAnnual', 'Annual'),
  ),
  status: word('Active', 'Suspended', 'Expired', 'Canceled', 'Deleted'),
  followUpStatus: word('NotAttempted', 'Unreachable', 'Contacted', 'Won', 'Dismissed'),
  active: flag,
  initialDeferredRevenue: decimal,
  duration: optional(whole),
  renewalDuration: optional(whole),
  businessUnitId: id,
  customerId: id,
  membershipTypeId: id,
  activatedById: optional(id),
  activatedFromId: optional(id),
  billingTemplateId: optional(id),
  cancellationBalanceInvoiceId: optional(id),
  cancellationInvoiceId: optional(id),
  followUpCustomStatusId: optional(id),
  locationId: optional(id),
  paymentMethodId: optional(id),
  paymentTypeId: optional(id),
  recurringLocationId: optional(id),
  renewalMembershipTaskId: optional(id),
  renewedById: optional(id),
  soldById: optional(id),
  customerPo: optional(text),
  importId: optional(text),
  memo: optional(text),
  customFields: z.array(membershipCustomField),
});

const membershipChanges = z.strictObject({
  businessUnitId: id.optional(),
  nextScheduledBillDate: sentTime.nullish(),
  status: z.enum(['Active', 'Suspended', 'Expired', 'Canceled', 'Deleted']).optional(),
  memo: text.optional(),
  from: sentTime.optional(),
  to: sentTime.nullish(),
  soldById: id.nullish(),
  billingTemplateId: id.nullish(),
  locationId: id.nullish(),
  recurringServiceAction: z.enum(['None', 'Single', 'All']).optional(),
  recurringLocationId: id.nullish(),
  paymentMethodId: id.nullish(),
  paymentTypeId: id.nullish(),
  renewalMembershipTaskId: id.nullish(),
  initialDeferredRevenue: decimal.optional(),
  cancellationBalanceInvoiceId: id.nullish(),
  cancellationInvoiceId: id.nullish(),
});

const soldMembership = z.object({ invoiceId: id, customerMembershipId: id });

const membershipSale = z.strictObject({
  customerId: id,
  businessUnitId: id,
  saleTaskId: id,
  durationBillingId: id,
  locationId: id.nullish(),
  recurringServiceAction: z.enum(['None', 'Single', 'All']),
  recurringLocationId: id.nullish(),
});

const membershipStatusChange = z.object({
  id,
  oldStatus: word('Active', 'Suspended', 'Expired', 'Canceled', 'Deleted'),
  newStatus: word('Active', 'Suspended', 'Expired', 'Canceled', 'Deleted'),
  note: optional(text),
  createdOn: timestamp,
  createdById: optional(id),
});

const membershipTypeDurationBillingEntry = z.object({
  duration: optional(whole),
  billingFrequency: word('OneTime', 'Monthly', 'EveryOtherMonth', 'Quarterly', 'BiAnnual', 'Annual'),
  salePrice: decimal,
  billingPrice: decimal,
  renewalPrice: decimal,
});

const membershipTypeDiscountEntry = z.object({ targetId: id, discount: decimal });

const membershipTypeRecurringServiceEntry = z.object({
  membershipTypeId: id,
  recurringServiceTypeId: id,
  offset: whole,
  offsetType: word('Weeks', 'Months'),
  allocation: decimal,
});

const membershipType = z.object({
  name: text,
  displayName: optional(text),
  active: flag,
  discountMode: word('Basic', 'Units', 'Categories'),
  locationTarget: word('AllLocations', 'SingleLocation'),
  revenueRecognitionMode: word('PointOfSale', 'Deferred'),
  autoCalculateInvoiceTemplates: flag,
  useMembershipPricingTable: flag,
  showMembershipSavings: flag,
  id,
  createdOn: timestamp,
  createdById: optional(id),
  modifiedOn: timestamp,
  importId: optional(text),
  billingTemplateId: optional(id),
  discount: decimal,
  durationBilling: optional(z.array(membershipTypeDurationBillingEntry)),
  discounts: optional(z.array(membershipTypeDiscountEntry)),
  recurringServices: optional(z.array(membershipTypeRecurringServiceEntry)),
  tagTypeIds: optional(z.array(id)),
});

const exportedCustomerMembershipStatusChange = membershipStatusChange.extend({ membershipId: id });

const memberships = apiModule('memberships/v2');

export const membershipOperations = {
  listMemberships: memberships.list('memberships', {
    scope: 'mem.memberships',
    query: {
      ...standard,
      ids: parameter.ids,
      customerIds: parameter.ids,
      status: parameter.choice('Active', 'Suspended', 'Expired', 'Canceled', 'Deleted'),
      duration: parameter.whole,
      billingFrequency: parameter.choice(
        'OneTime',
        'Monthly',
        'EveryOtherMonth',
        'Quarterly',
        'BiAnnual',
        'Annual',
      ),
      active: parameter.active,
      sort: parameter.text,
    },
    row: membership,
  }),
  getMembership: memberships.get('memberships/{id}', { scope: 'mem.memberships', reply: membership }),
  updateMembership: memberships.patch('memberships/{id}', {
    scope: 'mem.memberships',
    body: membershipChanges,
    reply: modification,
  }),
  sellMembership: memberships.post('memberships/sale', {
    scope: 'mem.memberships',
    body: membershipSale,
    reply: soldMembership,
  }),
  getMembershipStatusChanges: memberships.get('memberships/{id}/status-changes', {
    scope: 'mem.memberships',
    reply: z.array(membershipStatusChange),
  }),
  listMembershipTypes: memberships.list('membership-types', {
    scope: 'mem.membershiptypes',
    query: {
      ...standard,
      ids: parameter.ids,
      active: parameter.active,
      duration: parameter.whole,
      billingFrequency: parameter.choice(
        'OneTime',
        'Monthly',
        'EveryOtherMonth',
        'Quarterly',
        'BiAnnual',
        'Annual',
      ),
      includeDurationBilling: parameter.flag,
      includeDiscounts: parameter.flag,
      includeRecurringServices: parameter.flag,
      includeTags: parameter.flag,
      sort: parameter.text,
    },
    row: membershipType,
  }),
  exportMemberships: memberships.feed('export/memberships', { scope: 'mem.memberships', row: membership }),
  exportMembershipStatusChanges: memberships.feed('export/membership-status-changes', {
    scope: 'mem.memberships',
    row: exportedCustomerMembershipStatusChange,
  }),
};
