import type { Row } from './KnownRows.ts';
import { linkedValues, valuesOf } from './memberValues.ts';

/** The rows of every list, active and not, by the list's name. */
export type World = (list: string) => readonly Row[];

/** What a row has by a filter, where that is no plain member of the row. */
type Meaning = (row: Row, world: World) => readonly unknown[];

const digits = (values: readonly unknown[]): string[] =>
  values.map((value) => String(value).replaceAll(/\D/g, ''));

function linked(
  list: string,
  link: string,
  member: string,
  suits: (row: Row) => boolean = () => true,
): Meaning {
  return (row, world) => {
    const rows = world(list).filter((other) => other[link] === row.id && suits(other));
    return rows.flatMap((other) => valuesOf(member, other) ?? []);
  };
}

function ofCustomer(member: string): Meaning {
  return ({ customerId }, world) =>
    world('listCustomers')
      .filter(({ id }) => id === customerId)
      .flatMap((customer) => valuesOf(member, customer) ?? []);
}

const isActive = ({ active }: Row) => active === true;

function jobsOf({ id }: Row, world: World): readonly Row[] {
  return world('listJobs').filter(({ projectId }) => projectId === id);
}

function throughJobs(list: string, member: string): Meaning {
  return (project, world) => {
    const jobs = new Set(jobsOf(project, world).map(({ id }) => id));
    const rows = world(list).filter(({ jobId, active }) => jobs.has(Number(jobId)) && active === true);
    return rows.flatMap((row) => valuesOf(member, row) ?? []);
  };
}

function secondsOf(duration: unknown): number[] {
  const [hours = 0, minutes = 0, seconds = 0] = String(duration).split(':').map(Number);
  return [hours * 3600 + minutes * 60 + seconds];
}

const externalData: Readonly<Record<string, Meaning>> = {
  externalDataKey: (row) => linkedValues(row['externalData'], 'key'),
  externalDataValues: (row) => linkedValues(row['externalData'], 'value'),
};

/** By list and by the name of the filter without the words of its comparison. */
const ofLists: Readonly<Record<string, Readonly<Record<string, Meaning>>>> = {
  listCustomers: {
    phone: (row, world) =>
      digits(
        linked('listCustomerContacts', 'customerId', 'value', ({ type }) => type !== 'Email')(row, world),
      ),
  },
  listLeads: {
    isProspect: ({ customerId }, world) => [
      typeof customerId !== 'number' || !world('listJobs').some((job) => job['customerId'] === customerId),
    ],
    withoutCustomer: ({ customerId }) => [typeof customerId !== 'number'],
    customerCity: ofCustomer('city'),
    customerState: ofCustomer('state'),
    customerZip: ofCustomer('zip'),
    customerCreated: ofCustomer('createdOn'),
    customerModified: ofCustomer('modifiedOn'),
    leadPhone: ({ leadPhone }) => (typeof leadPhone === 'string' ? digits([leadPhone]) : []),
    isCaptureSourceForm: ({ captureSource }) => [captureSource === 'Form'],
  },
  listJobs: {
    appointmentStatus: linked('listAppointments', 'jobId', 'status', isActive),
    appointmentStarts: linked('listAppointments', 'jobId', 'start', isActive),
    firstAppointmentStarts: ({ firstAppointmentId }, world) =>
      world('listAppointments')
        .filter(({ id }) => id === firstAppointmentId)
        .map(({ start }) => start),
    technicianId: linked('listAppointmentAssignments', 'jobId', 'technicianId', isActive),
    hasUnusedAppointments: (row, world) => [
      linked('listAppointments', 'jobId', 'unused', isActive)(row, world).includes(true),
    ],
  },
  listAppointments: {
    projectId: ({ jobId }, world) =>
      world('listJobs')
        .filter(({ id }) => id === jobId)
        .flatMap((job) => valuesOf('projectId', job) ?? []),
    technicianId: linked('listAppointmentAssignments', 'appointmentId', 'technicianId', isActive),
  },
  listProjects: {
    jobId: (row) => valuesOf('jobIds', row) ?? [],
    invoiceId: (row, world) => jobsOf(row, world).flatMap((job) => valuesOf('invoiceId', job) ?? []),
    appointmentId: throughJobs('listAppointments', 'id'),
    technicianId: throughJobs('listAppointmentAssignments', 'technicianId'),
  },
  listEstimates: {
    total: ({ subtotal, tax }) => [Number(subtotal) + Number(tax)],
    soldById: ({ soldBy }) => (typeof soldBy === 'number' ? [soldBy] : []),
    soldByEmployeeId: ({ soldBy }) => (typeof soldBy === 'number' ? [soldBy] : []),
  },
  listEstimateItems: {
    estimateId: (row, world) =>
      world('listEstimates')
        .filter(({ items }) => linkedValues(items, 'id').includes(row.id))
        .map(({ id }) => id),
  },
  listInvoices: {
    batchNumber: ({ batch }) => linkedValues(batch, 'number').map(Number),
    jobNumber: ({ job }) => linkedValues(job, 'number'),
    total: ({ total }) => [Number(total)],
    'balanceFilter.Balance': ({ balance }) => [Number(balance)],
  },
  listPayments: {
    appliedToInvoiceIds: ({ appliedTo }) => linkedValues(appliedTo, 'appliedTo'),
    appliedToReferenceNumber: ({ appliedTo }) => linkedValues(appliedTo, 'appliedToReferenceNumber'),
    batchNumber: ({ batch }) => linkedValues(batch, 'number').map(Number),
    total: ({ total }) => [Number(total)],
  },
  listMembershipTypes: {
    duration: ({ durationBilling }) => linkedValues(durationBilling, 'duration'),
    billingFrequency: ({ durationBilling }) => linkedValues(durationBilling, 'billingFrequency'),
  },
  listCalls: {
    minDuration: ({ leadCall }) => linkedValues(leadCall, 'duration').flatMap(secondsOf),
    phoneNumberCalled: (row) => digits(valuesOf('to', row) ?? []),
    callerPhoneNumber: (row) => digits(valuesOf('from', row) ?? []),
    agentName: ({ leadCall }) => linkedValues(linkedValues(leadCall, 'agent'), 'name'),
    agentExternalId: ({ leadCall }) => linkedValues(linkedValues(leadCall, 'agent'), 'externalId'),
    tag: ({ leadCall }) => linkedValues(linkedValues(leadCall, 'tags'), 'name'),
  },
  listServices: {
    searchText: ({ code, displayName, description }) => [code, displayName, description].filter(Boolean),
  },
  listJobTypes: {
    minDuration: ({ duration }) => [duration],
    maxDuration: ({ duration }) => [duration],
  },
};

/** The values that a row has by a filter; undefined where its rows do not tell. */
export function filterValues(
  { list, stem }: { list: string; stem: string },
  row: Row,
  world: World,
): readonly unknown[] | undefined {
  const meaning = ofLists[list]?.[stem] ?? externalData[stem];
  return meaning ? meaning(row, world) : valuesOf(stem, row);
}

/** Filters that no row can be held against, and why; all others are judged wherever a row has a value for them. */
export const unjudgedFilters: Readonly<Record<string, string>> = {
  externalDataApplicationGuid: 'chooses whose data the rows show',
  excludeAccountingChangesFromModifiedDateRange: 'rows do not tell which change moved their date',
  genPermUrl: 'chooses what the rows show',
  calculatePrices: 'chooses what the rows show',
  includeDurationBilling: 'chooses what the rows show',
  includeDiscounts: 'chooses what the rows show',
  includeRecurringServices: 'chooses what the rows show',
  includeTags: 'chooses what the rows show',
  'customField.Fields': 'is a map, and compared as the operator says',
  'customField.Operator': 'says how another filter compares',
  'balanceFilter.Comparer': 'says how another filter compares',
  transactionType: 'rows do not tell theirs',
  agentIsExternal: 'rows do not tell which agents are external',
};
