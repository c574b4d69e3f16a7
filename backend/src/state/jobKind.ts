import type { MirroredCanceledLog, MirroredJob } from './mirroredRecords.ts';
import type { ClassifiedKind } from '../schemas/stateSettings.ts';
import type { JourneySettings } from './settings.ts';

/** What a job is for. Void: it tells nothing about an opportunity. Unclassified: treated as other, and listed. */
export type JobKind = ClassifiedKind | 'void' | 'unclassified';

/** The kind of a job: the first line that applies. */
export function jobKind(
  job: MirroredJob,
  activeLogs: readonly MirroredCanceledLog[],
  settings: JourneySettings,
): JobKind {
  if (job.recallForId || job.warrantyId) return 'void';
  if (job.jobStatus === 'Canceled' && activeLogs.some((log) => isClerical(log, settings))) return 'void';
  if (job.createdFromEstimateId) return 'install';
  return classify(job, settings) ?? 'unclassified';
}

function isClerical(log: MirroredCanceledLog, settings: JourneySettings): boolean {
  return log.reasonId !== null && settings.clericalReasonIds.includes(log.reasonId);
}

function classify(job: MirroredJob, settings: JourneySettings): ClassifiedKind | undefined {
  const smallestMappedTag = job.tagTypeIds
    .toSorted((one, other) => one - other)
    .find((tag) => settings.tags[tag] !== undefined);
  return (
    settings.jobTypes[job.jobTypeId ?? 0] ??
    settings.businessUnits[job.businessUnitId ?? 0] ??
    settings.tags[smallestMappedTag ?? 0]
  );
}
