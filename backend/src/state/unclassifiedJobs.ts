import { readFacts } from './facts.ts';
import type { RecordSet } from './records.ts';
import type { JourneySettings } from './settings.ts';

/** Job types, business units and tags that nobody has classified, with the jobs that wait for it. */
interface UnclassifiedJobs {
  jobTypeId: number | null;
  businessUnitId: number | null;
  jobIds: number[];
}

/** Lists the jobs that are treated as other only because nothing about them is classified. */
export function unclassifiedJobs(records: RecordSet, settings: JourneySettings): UnclassifiedJobs[] {
  const groups = new Map<string, UnclassifiedJobs>();
  for (const { id, kind, record } of readFacts(records, settings).jobs.values()) {
    if (kind !== 'unclassified') continue;
    const { jobTypeId, businessUnitId } = record;
    const key = `${jobTypeId}|${businessUnitId}`;
    const group = groups.get(key) ?? { jobTypeId, businessUnitId, jobIds: [] };
    group.jobIds.push(id);
    groups.set(key, group);
  }
  return [...groups.values()];
}
