import { z } from 'zod';
import { batch, generalLedgerAccount } from './invoices.ts';
import { apiModule, nothing } from './operation.ts';
import { created, parameter, standard } from './parameters.ts';
import { named } from './shared.ts';
import { decimal, flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const paymentApplied = z.object({
  appliedAmount: optional(text),
  appliedBy: optional(text),
  appliedId: id,
  appliedOn: optional(timestamp),
  appliedTo: id,
  appliedToReferenceNumber: optional(text),
});

const paymentCustomField = z.object({ name: text, value: text });

const payment = z.object({
  active: flag,
  appliedTo: optional(z.array(paymentApplied)),
  authCode: optional(text),
  batch: optional(batch),
  businessUnit: optional(named),
  checkNumber: optional(text),
  createdBy: optional(text),
  createdOn: timestamp,
  customer: optional(named),
  customFields: optional(z.array(paymentCustomField)),
  date: optional(timestamp),
  deposit: optional(named),
  generalLedgerAccount: optional(generalLedgerAccount),
  id,
  memo: optional(text),
  modifiedOn: timestamp,
  referenceNumber: optional(text),
  refundedPaymentId: optional(id),
  syncStatus: optional(text),
  total: optional(text),
  type: optional(text),
  typeId: optional(text),
  unappliedAmount: optional(text),
});

const paymentSplit = z.object({
  amount: optional(decimal),
  invoiceId: optional(id),
  invoiceNumber: optional(text),
});

const savedPayment = z.object({
  active: optional(flag),
  authCode: optional(text),
  checkNumber: optional(text),
  customerId: optional(id),
  exportId: optional(text),
  id,
  memo: optional(text),
  paidOn: optional(timestamp),
  splits: z.array(paymentSplit),
  status: optional(word('Pending', 'Posted', 'Exported')),
  transactionStatus: optional(word('Success', 'Fail', 'Pending', 'Rejected')),
  typeId: id,
});

const sentPaymentSplit = z.strictObject({
  amount: decimal.nullish(),
  invoiceId: id.nullish(),
  invoiceNumber: text.nullish(),
});

const newPayment = z.strictObject({
  amount: decimal.nullish(),
  authCode: text.nullish(),
  checkNumber: text.nullish(),
  customerId: id.nullish(),
  exportId: text.nullish(),
  memo: text.nullish(),
  paidOn: sentTime.nullish(),
  splits: z.array(sentPaymentSplit).nullish(),
  status: z.enum(['Pending', 'Posted', 'Exported']).nullish(),
  typeId: id,
});

const paymentChanges = z.strictObject({
  active: flag.optional(),
  authCode: text.optional(),
  checkNumber: text.optional(),
  exportId: text.optional(),
  memo: text.optional(),
  paidOn: sentTime.optional(),
  splits: z.array(sentPaymentSplit),
  status: z.enum(['Pending', 'Posted', 'Exported']).optional(),
  typeId: id,
});

const paymentStatusesToSet = z.strictObject({
  paymentIds: z.array(id),
  status: z.enum(['Pending', 'Posted', 'Exported']),
});

const paymentType = z.object({
  id,
  name: text,
  modifiedOn: optional(timestamp),
  createdOn: optional(timestamp),
});

const accounting = apiModule('accounting/v2');

export const paymentOperations = {
  listPayments: accounting.list('payments', {
    scope: 'acc.payments',
    query: {
      ...standard,
      activeState: parameter.activeState,
      appliedToInvoiceIds: parameter.ids,
      appliedToReferenceNumber: parameter.text,
      batchId: parameter.id,
      batchNumber: parameter.whole,
      businessUnitIds: parameter.ids,
      customerId: parameter.id,
      'customField.Fields': parameter.fields,
      'customField.Operator': parameter.choice('And', 'Or'),
      depositIds: parameter.ids,
      ids: parameter.ids,
      paidOnAfter: parameter.time,
      paidOnBefore: parameter.time,
      sort: parameter.text,
      statuses: parameter.text,
      totalGreater: parameter.decimal,
      totalLess: parameter.decimal,
      transactionType: parameter.choice('Undefined', 'JournalEntry', 'ReceivePayment'),
    },
    row: payment,
  }),
  createPayment: accounting.post('payments', {
    scope: 'acc.payments',
    body: newPayment,
    reply: savedPayment,
  }),
  updatePayment: accounting.patch('payments/{id}', {
    scope: 'acc.payments',
    body: paymentChanges,
    reply: savedPayment,
  }),
  updatePaymentStatuses: accounting.post('payments/status', {
    scope: 'acc.payments',
    body: paymentStatusesToSet,
    reply: nothing,
    repeatable: true,
  }),
  listPaymentTypes: accounting.list('payment-types', {
    scope: 'acc.paymenttypes',
    query: { ...created, ids: parameter.ids, active: parameter.active },
    row: paymentType,
  }),
  exportPayments: accounting.feed('export/payments', { scope: 'acc.payments', row: payment }),
};
