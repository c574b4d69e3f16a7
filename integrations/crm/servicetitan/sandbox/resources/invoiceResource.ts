import type { AddressGeo } from '../rows/members.ts';
import { type InvoiceItem, unsetItemMembers } from '../rows/invoiceItemRows.ts';
import {
  invoiceConfiguration,
  type InvoiceRow,
  invoiceRow,
  reviewStatus,
  transactionStatus,
  unsetInvoiceMembers,
} from '../rows/invoiceRows.ts';
import { activeState, balanceFilter, choiceAmong, customFieldsAre } from './accountingFilters.ts';
import { defineResource, type ShowContext, without } from './defineResource.ts';
import { before, idIn, integerIs, numberAbove, numberBelow, onOrAfter, textIs } from './filters.ts';
import { linkedId, namedLink } from './namedLinks.ts';
import { commonSorts } from './readList.ts';

const links = ['customerId', 'locationId', 'businessUnitId', 'jobId'] as const;

function postalAddress(address: AddressGeo | undefined) {
  if (!address) return null;
  const { street, unit, city, state, zip, country } = address;
  return { street, unit, city, state, zip, country };
}

function showJob({ job, jobId }: InvoiceRow, { records }: ShowContext) {
  if (job) return { number: null, type: null, ...job };
  const known = records.jobs.get(jobId);
  if (!known) return null;
  return {
    id: known.id,
    number: known.jobNumber,
    type: records.job_types.get(known.jobTypeId)?.name ?? null,
  };
}

const hiddenItemMembers = new Set(['active']);

/** An item as an invoice shows it; the feed of items adds whether it is active and whose it is. */
export function showInvoiceItem(item: InvoiceItem): Record<string, unknown> {
  return without({ ...unsetItemMembers, ...item }, hiddenItemMembers);
}

function showInvoice(row: InvoiceRow, context: ShowContext): object {
  const { records } = context;
  return {
    ...unsetInvoiceMembers,
    ...row,
    customer: namedLink(records.customers, row.customerId, row.customer),
    customerAddress: row.customerAddress ?? postalAddress(records.customers.get(row.customerId)?.address),
    location: namedLink(records.locations, row.locationId, row.location),
    locationAddress: row.locationAddress ?? postalAddress(records.locations.get(row.locationId)?.address),
    businessUnit: namedLink(records.business_units, row.businessUnitId, row.businessUnit),
    job: showJob(row, context),
    items: row.items?.filter((item) => item.active).map((item) => showInvoiceItem(item)) ?? null,
  };
}

export const invoices = defineResource({
  name: 'invoices',
  noun: 'Invoice',
  scope: 'acc.invoices',
  select: (records) => records.invoices,
  schema: invoiceRow.loose(),
  fill: (raw) => ({
    customerId: linkedId(raw['customer']),
    locationId: linkedId(raw['location']),
    businessUnitId: linkedId(raw['businessUnit']),
    jobId: linkedId(raw['job']),
    referenceNumber: typeof raw['id'] === 'number' ? String(raw['id']) : null,
    balance: raw['total'],
  }),
  listPath: 'accounting/v2/tenant/:tenant/invoices',
  exportPaths: ['accounting/v2/tenant/:tenant/export/invoices'],
  show: showInvoice,
  internal: links,
  activeByDefault: 'shown',
  hasOrderBy: true,
  sorts: { ...commonSorts, InvoiceDate: (row) => row.invoiceDate ?? '' },
  filters: {
    ids: idIn((row) => row.id),
    activeState: activeState(),
    statuses: choiceAmong(transactionStatus.options, (row) => row.syncStatus),
    batchId: integerIs((row) => row.batch?.id),
    batchNumber: integerIs((row) => row.batch && Number(row.batch.number)),
    ...customFieldsAre<InvoiceRow>(),
    jobId: integerIs((row) => row.jobId),
    jobNumber: (reader, name, records) => {
      const number = reader.text(name)?.toLowerCase();
      if (number === undefined) return undefined;
      return (row) => (row.job?.number ?? records.jobs.get(row.jobId)?.jobNumber)?.toLowerCase() === number;
    },
    businessUnitId: integerIs((row) => row.businessUnitId),
    customerId: integerIs((row) => row.customerId),
    invoicedOnOrAfter: onOrAfter((row) => row.invoiceDate),
    invoicedOnBefore: before((row) => row.invoiceDate),
    adjustmentToId: integerIs((row) => row.adjustmentToId),
    number: textIs((row) => row.referenceNumber),
    totalGreater: numberAbove((row) => Number(row.total)),
    totalLess: numberBelow((row) => Number(row.total)),
    ...balanceFilter<InvoiceRow>(),
    dueDateOnOrAfter: onOrAfter((row) => row.dueDate),
    dueDateBefore: before((row) => row.dueDate),
    reviewStatuses: choiceAmong(reviewStatus.options, (row) => row.reviewStatus),
    assignedToIds: (reader, name) => {
      const ids = reader.repeatedIds(name);
      return ids && ((row) => ids.has(row.assignedTo?.id ?? 0));
    },
    invoiceConfigurations: choiceAmong(invoiceConfiguration.options, (row) => row.invoiceConfiguration),
  },
});
