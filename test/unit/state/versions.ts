import {
  appointmentRecord,
  bookingRecord,
  canceledLogRecord,
  customerRecord,
  estimateRecord,
  jobRecord,
  leadRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import { newestCanceledLogs, newestVersions, type RecordSet } from '#backend/state/records.ts';

/** One version of one record, as a read brings it. */
export type Version = {
  [Kind in keyof RecordSet]: { kind: Kind; record: RecordSet[Kind][number] };
}[keyof RecordSet];

/** A row of the sandbox as the product reads it; undefined for what no journey depends on. */
export function versionOf(resource: string, row: unknown): Version | undefined {
  switch (resource) {
    case 'customers':
      return { kind: 'customers', record: customerRecord.parse(row) };
    case 'leads':
      return { kind: 'leads', record: leadRecord.parse(row) };
    case 'bookings':
      return { kind: 'bookings', record: bookingRecord.parse(row) };
    case 'jobs':
      return { kind: 'jobs', record: jobRecord.parse(row) };
    case 'appointments':
      return { kind: 'appointments', record: appointmentRecord.parse(row) };
    case 'canceled_logs':
      return { kind: 'canceledLogs', record: canceledLogRecord.parse(row) };
    case 'estimates':
      return { kind: 'estimates', record: estimateRecord.parse(row) };
    default:
      return undefined;
  }
}

export function recordsOf(versions: readonly Version[]): RecordSet {
  const of = <Kind extends keyof RecordSet>(kind: Kind) =>
    versions.filter((version): version is Extract<Version, { kind: Kind }> => version.kind === kind);
  return {
    customers: of('customers').map(({ record }) => record),
    leads: of('leads').map(({ record }) => record),
    bookings: of('bookings').map(({ record }) => record),
    jobs: of('jobs').map(({ record }) => record),
    appointments: of('appointments').map(({ record }) => record),
    canceledLogs: of('canceledLogs').map(({ record }) => record),
    estimates: of('estimates').map(({ record }) => record),
  };
}

export function versionsOf(records: RecordSet): Version[] {
  return [
    ...records.customers.map((record) => ({ kind: 'customers', record }) satisfies Version),
    ...records.leads.map((record) => ({ kind: 'leads', record }) satisfies Version),
    ...records.bookings.map((record) => ({ kind: 'bookings', record }) satisfies Version),
    ...records.jobs.map((record) => ({ kind: 'jobs', record }) satisfies Version),
    ...records.appointments.map((record) => ({ kind: 'appointments', record }) satisfies Version),
    ...records.canceledLogs.map((record) => ({ kind: 'canceledLogs', record }) satisfies Version),
    ...records.estimates.map((record) => ({ kind: 'estimates', record }) satisfies Version),
  ];
}

/** What a mirror holds after reading these versions in this order. */
export function mirrorOf(versions: readonly Version[]): RecordSet {
  const read = recordsOf(versions);
  return {
    customers: [...newestVersions(read.customers).values()],
    leads: [...newestVersions(read.leads).values()],
    bookings: [...newestVersions(read.bookings).values()],
    jobs: [...newestVersions(read.jobs).values()],
    appointments: [...newestVersions(read.appointments).values()],
    canceledLogs: [...newestCanceledLogs(read.canceledLogs).values()],
    estimates: [...newestVersions(read.estimates).values()],
  };
}

/**
 * Of versions with the same time only the last, which is what ServiceTitan says from then on: no read can bring an
 * earlier one after it.
 */
export function tellApart(versions: readonly Version[]): Version[] {
  return [...new Map(versions.map((version) => [keyOf(version), version])).values()];
}

/** Without versions that claim to be newer than the one that was written after them: no read brought them. */
export function inOrder(versions: readonly Version[]): Version[] {
  const last = new Map(versions.map((version) => [`${version.kind} ${version.record.id}`, version]));
  return versions.filter((version) => {
    const newest = last.get(`${version.kind} ${version.record.id}`);
    return newest === undefined || timeOf(version) <= timeOf(newest);
  });
}

function timeOf(version: Version): string {
  return version.kind === 'canceledLogs' ? '' : version.record.modifiedOn;
}

function keyOf(version: Version): string {
  const time = version.kind === 'canceledLogs' ? String(version.record.active) : version.record.modifiedOn;
  return `${version.kind} ${version.record.id} ${time}`;
}
