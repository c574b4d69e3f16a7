import { z } from 'zod';
import { amount, optionalAmount } from './amounts.ts';
import { batch, generalLedgerAccount, namedLink } from './accountingMembers.ts';
import { transactionStatus } from './invoiceRows.ts';
import { active, id, optionalLink, optionalText, optionalTimestamp, text, timestamp } from './members.ts';

export const paymentTypeRow = z.object({
  id,
  name: text,
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type PaymentTypeRow = z.infer<typeof paymentTypeRow>;

/** A part of a payment that was put against an invoice. */
const application = z.object({
  appliedId: z.int(),
  /** The invoice's id. */
  appliedTo: z.int(),
  appliedAmount: optionalAmount,
  appliedOn: optionalTimestamp,
  appliedBy: optionalText,
  appliedToReferenceNumber: optionalText,
});
export type Application = z.infer<typeof application>;

export const paymentRow = z.object({
  id,
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
  syncStatus: transactionStatus.nullable().default('Pending'),
  referenceNumber: optionalText,
  date: optionalTimestamp,
  type: optionalText,
  typeId: z
    .union([text, z.int().transform(String)])
    .nullable()
    .default(null),
  total: amount.default('0.00'),
  unappliedAmount: amount.default('0.00'),
  memo: optionalText,
  refundedPaymentId: optionalLink,
  customer: namedLink.nullish(),
  batch: batch.nullable().default(null),
  createdBy: optionalText,
  generalLedgerAccount: generalLedgerAccount.nullable().default(null),
  appliedTo: z.array(application).nullable().default([]),
  customFields: z
    .array(z.object({ name: text, value: text }))
    .nullable()
    .default([]),
  authCode: optionalText,
  checkNumber: optionalText,
  deposit: namedLink.nullable().default(null),
  businessUnit: namedLink.nullish(),
  /** Not on the wire: shown by name. */
  customerId: optionalLink,
  businessUnitId: optionalLink,
  /** Not in lists: only what makes or changes a payment shows it. */
  exportId: optionalText,
});
export type PaymentRow = z.infer<typeof paymentRow>;
