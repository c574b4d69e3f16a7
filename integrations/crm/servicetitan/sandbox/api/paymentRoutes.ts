import { z } from 'zod';
import { requireRow } from '../office/Desk.ts';
import { changePayment, createPayment } from '../office/payments.ts';
import { transactionStatus } from '../rows/invoiceRows.ts';
import { flag, text, timestamp } from '../rows/members.ts';
import type { PaymentRow } from '../rows/paymentRows.ts';
import { invalid } from './ApiError.ts';
import { id, ids, money } from './bodyMembers.ts';
import { pathId, readBody, type Route } from './route.ts';

const path = 'accounting/v2/tenant/:tenant/payments';
const scope = 'acc.payments';

const splits = z.array(
  z.object({ amount: money.nullish(), invoiceId: id.nullish(), invoiceNumber: text.nullish() }),
);

const newPaymentBody = z.object({
  typeId: id,
  amount: money.nonnegative().nullish(),
  customerId: id.nullish(),
  authCode: text.nullish(),
  checkNumber: text.nullish(),
  exportId: text.nullish(),
  memo: text.nullish(),
  paidOn: timestamp.nullish(),
  status: transactionStatus.nullish(),
  splits: splits.nullish(),
});

const paymentChangesBody = newPaymentBody
  .omit({ amount: true, customerId: true })
  .extend({ active: flag.optional(), splits });

const statusBody = z.object({ paymentIds: ids, status: transactionStatus });

/** The reply to a write: flatter than a row of the list, and with numbers for money. */
function showWritten(payment: PaymentRow): object {
  const {
    id: paymentId,
    active,
    authCode,
    checkNumber,
    customerId,
    exportId,
    memo,
    date,
    syncStatus,
  } = payment;
  return {
    id: paymentId,
    active,
    authCode,
    checkNumber,
    customerId,
    exportId,
    memo,
    paidOn: date,
    typeId: Number(payment.typeId ?? 0),
    status: syncStatus,
    transactionStatus: 'Success',
    splits: (payment.appliedTo ?? []).map((part) => ({
      amount: Number(part.appliedAmount),
      invoiceId: part.appliedTo,
      invoiceNumber: part.appliedToReferenceNumber,
    })),
  };
}

export const paymentRoutes: readonly Route[] = [
  {
    method: 'POST',
    path,
    scope,
    handle: (call) => showWritten(createPayment(call.desk, readBody(call, newPaymentBody))),
  },
  {
    method: 'PATCH',
    path: `${path}/:id`,
    scope,
    handle: (call) => {
      const payment = requireRow(call.desk.records.payments, 'Payment', pathId(call));
      return showWritten(changePayment(call.desk, payment, readBody(call, paymentChangesBody)));
    },
  },
  {
    method: 'POST',
    path: `${path}/status`,
    scope,
    handle: (call) => {
      const { paymentIds, status } = readBody(call, statusBody);
      const { records, now } = call.desk;
      const found = paymentIds.map((paymentId) => {
        const payment = records.payments.get(paymentId);
        if (!payment) throw invalid({ paymentIds: [`Payment ${paymentId} was not found.`] });
        return payment;
      });
      for (const payment of found) records.payments.put({ ...payment, syncStatus: status, modifiedOn: now });
    },
  },
];
