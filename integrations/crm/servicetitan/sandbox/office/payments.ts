import { invalid } from '../api/ApiError.ts';
import { toAmount } from '../rows/amounts.ts';
import { type Application, type PaymentRow, paymentRow } from '../rows/paymentRows.ts';
import type { InvoiceRow } from '../rows/invoiceRows.ts';
import type { Desk } from './Desk.ts';
import { addToBalance } from './invoices.ts';

interface Split {
  readonly amount?: number | null | undefined;
  readonly invoiceId?: number | null | undefined;
  readonly invoiceNumber?: string | null | undefined;
}

export interface NewPayment {
  readonly typeId: number;
  readonly amount?: number | null | undefined;
  readonly customerId?: number | null | undefined;
  readonly paidOn?: string | null | undefined;
  readonly status?: 'Pending' | 'Posted' | 'Exported' | null | undefined;
  readonly authCode?: string | null | undefined;
  readonly checkNumber?: string | null | undefined;
  readonly memo?: string | null | undefined;
  readonly exportId?: string | null | undefined;
  readonly splits?: readonly Split[] | null | undefined;
}

interface Part {
  readonly invoice: InvoiceRow;
  readonly amount: number;
}

function findParts({ records }: Desk, splits: readonly Split[]): Part[] {
  return splits.map(({ amount, invoiceId, invoiceNumber }, index) => {
    const invoice =
      records.invoices.get(invoiceId) ??
      (invoiceNumber
        ? records.invoices.values().find((row) => row.referenceNumber === invoiceNumber)
        : undefined);
    if (!invoice) {
      const wanted = invoiceId ?? invoiceNumber ?? '';
      throw invalid({ [`splits[${index}].invoiceId`]: [`Invoice ${wanted} was not found.`] });
    }
    return { invoice, amount: amount ?? Number(invoice.balance) };
  });
}

function sumOf(parts: readonly { readonly amount: number }[]): number {
  return Number(parts.reduce((sum, part) => sum + part.amount, 0).toFixed(2));
}

function requireType({ records }: Desk, typeId: number): string {
  const type = records.payment_types.get(typeId);
  if (!type) throw invalid({ typeId: [`Payment type ${typeId} was not found.`] });
  return type.name;
}

/** Puts parts of a payment against invoices, whose balances fall by as much. */
function apply(desk: Desk, paymentId: number, parts: readonly Part[]): Application[] {
  return parts.map(({ invoice, amount }, index) => {
    const known = desk.records.invoices.get(invoice.id) ?? invoice;
    addToBalance(desk, known, -amount);
    return {
      appliedId: paymentId * 100 + index + 1,
      appliedTo: invoice.id,
      appliedAmount: toAmount(amount),
      appliedOn: desk.now,
      appliedBy: 'Office',
      appliedToReferenceNumber: invoice.referenceNumber,
    };
  });
}

function withdraw(desk: Desk, applications: readonly Application[]): void {
  for (const { appliedTo, appliedAmount } of applications) {
    const invoice = desk.records.invoices.get(appliedTo);
    if (invoice) addToBalance(desk, invoice, Number(appliedAmount));
  }
}

function refuseExcess(parts: readonly Part[], total: number): void {
  if (sumOf(parts) > total) throw invalid({ splits: ['The splits add up to more than the amount.'] });
}

export function createPayment(desk: Desk, input: NewPayment): PaymentRow {
  const { records, now } = desk;
  const type = requireType(desk, input.typeId);
  const parts = findParts(desk, input.splits ?? []);
  const total = input.amount ?? sumOf(parts);
  refuseExcess(parts, total);
  const customerId = input.customerId ?? parts[0]?.invoice.customerId;
  if (!customerId) throw invalid({ customerId: ['A customer or an invoice is required.'] });
  if (!records.customers.get(customerId))
    throw invalid({ customerId: [`Customer ${customerId} was not found.`] });
  const id = records.payments.nextId();
  return records.payments.put(
    paymentRow.parse({
      id,
      type,
      typeId: String(input.typeId),
      syncStatus: input.status ?? 'Pending',
      referenceNumber: String(id),
      date: input.paidOn ?? now,
      total,
      unappliedAmount: total - sumOf(parts),
      customerId,
      businessUnitId: parts[0]?.invoice.businessUnitId,
      appliedTo: apply(desk, id, parts),
      authCode: input.authCode,
      checkNumber: input.checkNumber,
      memo: input.memo,
      exportId: input.exportId,
      createdOn: now,
      modifiedOn: now,
    }),
  );
}

export type PaymentChanges = Omit<NewPayment, 'customerId' | 'amount'> & {
  readonly active?: boolean | undefined;
  readonly splits: readonly Split[];
};

/** Changes a payment. Its splits are given anew; one that is taken out is put against nothing. */
export function changePayment(desk: Desk, payment: PaymentRow, changes: PaymentChanges): PaymentRow {
  const type = requireType(desk, changes.typeId);
  const active = changes.active ?? payment.active;
  const parts = findParts(desk, changes.splits);
  refuseExcess(parts, Number(payment.total));
  withdraw(desk, payment.active ? (payment.appliedTo ?? []) : []);
  const appliedTo = active ? apply(desk, payment.id, parts) : [];
  const applied = active ? sumOf(parts) : 0;
  return desk.records.payments.put(
    paymentRow.parse({
      ...payment,
      type,
      active,
      typeId: String(changes.typeId),
      syncStatus: changes.status ?? payment.syncStatus,
      date: changes.paidOn ?? payment.date,
      authCode: changes.authCode ?? payment.authCode,
      checkNumber: changes.checkNumber ?? payment.checkNumber,
      memo: changes.memo ?? payment.memo,
      exportId: changes.exportId ?? payment.exportId,
      appliedTo,
      unappliedAmount: Number(payment.total) - applied,
      modifiedOn: desk.now,
    }),
  );
}
