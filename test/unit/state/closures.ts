import type { RecordSet } from '#backend/state/records.ts';
import { recordsOf, versionsOf, type Version } from './versions.ts';

/** The smallest sets of records that no link leads out of, as a database would find them. */
export function closuresOf(records: RecordSet): RecordSet[] {
  const versions = versionsOf(records);
  const leaderOf = new Map<string, string>();
  const find = (name: string): string => {
    const leader = leaderOf.get(name);
    if (leader === undefined || leader === name) return name;
    const last = find(leader);
    leaderOf.set(name, last);
    return last;
  };
  for (const version of versions) {
    const [own, ...linked] = namesOf(version);
    for (const name of linked) leaderOf.set(find(name), find(own ?? ''));
  }
  const sets = Map.groupBy(versions, (version) => find(namesOf(version)[0] ?? ''));
  return [...sets.values()].map(recordsOf);
}

/** A record and what it names, by the links that RecordSet tells. */
function namesOf(version: Version): string[] {
  switch (version.kind) {
    case 'customers': {
      const { id, mergedToId } = version.record;
      return [`customer ${id}`, ...link('customer', mergedToId)];
    }
    case 'leads': {
      const { id, customerId, bookingId } = version.record;
      return [`lead ${id}`, ...link('customer', customerId), ...link('booking', bookingId)];
    }
    case 'bookings': {
      const { id, jobId } = version.record;
      return [`booking ${id}`, ...link('job', jobId)];
    }
    case 'jobs': {
      const { id, customerId, projectId, createdFromEstimateId } = version.record;
      const customer = link('customer', customerId);
      return [
        `job ${id}`,
        ...customer,
        ...link('project', projectId),
        ...link('estimate', createdFromEstimateId),
      ];
    }
    case 'appointments':
      return [`appointment ${version.record.id}`, `job ${version.record.jobId}`];
    case 'canceledLogs':
      return [`canceled log ${version.record.id}`, `job ${version.record.jobId}`];
    case 'estimates': {
      const { id, jobId, projectId, customerId } = version.record;
      const place = [...link('job', jobId), ...link('project', projectId)];
      return [`estimate ${id}`, ...place, ...link('customer', customerId)];
    }
  }
}

function link(kind: string, id: number | null): string[] {
  return id === null ? [] : [`${kind} ${id}`];
}
