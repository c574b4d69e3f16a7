import { type PaymentRow, paymentRow, paymentTypeRow } from '../rows/paymentRows.ts';
import { transactionStatus } from '../rows/invoiceRows.ts';
import { activeState, choiceAmong, customFieldsAre } from './accountingFilters.ts';
import { defineResource } from './defineResource.ts';
import { anyIdIn, before, idIn, integerIs, numberAbove, numberBelow, onOrAfter } from './filters.ts';
import { linkedId, namedLink } from './namedLinks.ts';
import { commonSorts } from './readList.ts';

export const payments = defineResource({
  name: 'payments',
  noun: 'Payment',
  scope: 'acc.payments',
  select: (records) => records.payments,
  schema: paymentRow.loose(),
  fill: (raw) => ({
    customerId: linkedId(raw['customer']),
    businessUnitId: linkedId(raw['businessUnit']),
    date: raw['createdOn'],
  }),
  listPath: 'accounting/v2/tenant/:tenant/payments',
  exportPaths: ['accounting/v2/tenant/:tenant/export/payments'],
  show: (row, { records }) => ({
    ...row,
    customer: namedLink(records.customers, row.customerId, row.customer),
    businessUnit: namedLink(records.business_units, row.businessUnitId, row.businessUnit),
  }),
  internal: ['customerId', 'businessUnitId', 'exportId'],
  activeByDefault: 'shown',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    activeState: activeState(),
    appliedToInvoiceIds: anyIdIn((row) => (row.appliedTo ?? []).map((part) => part.appliedTo)),
    appliedToReferenceNumber: (reader, name) => {
      const number = reader.text(name);
      if (number === undefined) return undefined;
      return (row) => row.appliedTo?.some((part) => part.appliedToReferenceNumber === number) ?? false;
    },
    batchId: integerIs((row) => row.batch?.id),
    batchNumber: integerIs((row) => row.batch && Number(row.batch.number)),
    businessUnitIds: idIn((row) => row.businessUnitId),
    customerId: integerIs((row) => row.customerId),
    ...customFieldsAre<PaymentRow>(),
    depositIds: idIn((row) => row.deposit?.id),
    paidOnAfter: onOrAfter((row) => row.date),
    paidOnBefore: before((row) => row.date),
    statuses: choiceAmong(transactionStatus.options, (row) => row.syncStatus),
    totalGreater: numberAbove((row) => Number(row.total)),
    totalLess: numberBelow((row) => Number(row.total)),
    // Nothing but received payments is kept here.
    transactionType: (reader, name) => {
      const wanted = reader.choice(name, ['Undefined', 'JournalEntry', 'ReceivePayment']);
      return wanted === undefined || wanted === 'ReceivePayment' ? undefined : () => false;
    },
  },
});

export const paymentTypes = defineResource({
  name: 'payment_types',
  noun: 'Payment type',
  scope: 'acc.paymenttypes',
  select: (records) => records.payment_types,
  schema: paymentTypeRow.loose(),
  listPath: 'accounting/v2/tenant/:tenant/payment-types',
  hasGet: true,
  internal: ['active'],
  activeByDefault: 'True',
  sorts: {},
  filters: { ids: idIn((row) => row.id) },
});
