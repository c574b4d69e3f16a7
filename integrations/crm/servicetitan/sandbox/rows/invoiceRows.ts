import { z } from 'zod';
import { batch, namedLink, nullableAddress, nulls, seldomLink } from './accountingMembers.ts';
import { amount } from './amounts.ts';
import { invoiceItem } from './invoiceItemRows.ts';
import { active, id, money, optionalLink, text, timestamp } from './members.ts';

export const transactionStatus = z.enum(['Pending', 'Posted', 'Exported']);
export const reviewStatus = z.enum([
  'NeedsReview',
  'OnHold',
  'Reviewed',
  'PendingApproval',
  'Rejected',
  'ReadyForBilling',
  'Invoiced',
]);
export const invoiceConfiguration = z.enum([
  'JobInvoice',
  'ProjectInvoice',
  'CounterSales',
  'MembershipInvoice',
  'InterestChargeInvoice',
  'ARImportInvoice',
]);

/** Rarely more than null, so kept only where set: every job has an invoice. */
const seldomOnInvoices = {
  budgetCodeId: seldomLink,
  salesTaxCode: z.object({ id, name: text.nullish(), taxRate: money }).nullish(),
  taxZoneId: seldomLink,
  invoiceType: namedLink.nullish(),
  customer: namedLink.nullish(),
  customerAddress: nullableAddress.nullish(),
  location: namedLink.nullish(),
  locationAddress: nullableAddress.nullish(),
  businessUnit: namedLink.nullish(),
  termName: text.nullish(),
  createdBy: text.nullish(),
  batch: batch.nullish(),
  depositedOn: timestamp.nullish(),
  adjustmentToId: seldomLink,
  job: z.object({ id, number: text.nullish(), type: text.nullish() }).nullish(),
  projectId: seldomLink,
  royalty: z
    .object({
      status: text.nullish(),
      date: timestamp.nullish(),
      sentOn: timestamp.nullish(),
      memo: text.nullish(),
    })
    .nullish(),
  employeeInfo: z.object({ id, name: text.nullish(), modifiedOn: timestamp }).nullish(),
  commissionEligibilityDate: text.nullish(),
  assignedTo: namedLink.nullish(),
  summary: text.nullish(),
  customFields: z.array(z.object({ name: text.nullish(), value: text.nullish() })).nullish(),
  discountTotal: amount.nullish(),
  importId: text.nullish(),
  exportId: text.nullish(),
  materialSkuId: seldomLink,
  membershipId: seldomLink,
  paidOn: timestamp.nullish(),
};

export const invoiceRow = z.object({
  id,
  active,
  syncStatus: transactionStatus.nullable().default('Pending'),
  referenceNumber: text.nullable().default(null),
  invoiceDate: timestamp.nullable().default(null),
  dueDate: timestamp.nullable().default(null),
  subTotal: amount.default('0.00'),
  salesTax: amount.default('0.00'),
  total: amount.default('0.00'),
  balance: amount.default('0.00'),
  createdOn: timestamp,
  modifiedOn: timestamp,
  sentStatus: z.enum(['NotSent', 'Sent', 'Opened']).default('NotSent'),
  reviewStatus: reviewStatus.default('NeedsReview'),
  items: z.array(invoiceItem.loose()).nullable().default([]),
  invoiceConfiguration: invoiceConfiguration.default('JobInvoice'),
  /** Not on the wire, as the other three: shown by name and address. */
  customerId: optionalLink,
  locationId: optionalLink,
  businessUnitId: optionalLink,
  jobId: optionalLink,
  ...seldomOnInvoices,
});
export type InvoiceRow = z.infer<typeof invoiceRow>;

export const unsetInvoiceMembers = nulls(seldomOnInvoices);
