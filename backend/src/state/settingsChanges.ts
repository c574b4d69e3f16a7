import type {
  ClassifiedKind,
  ConnectionChanges,
  ConnectionSettings,
  SettingDifference,
  WorkspaceChanges,
  WorkspaceLimits,
} from '../schemas/stateSettings.ts';

/** All that can be changed of a connection, or of a workspace. */
export type SettingsSnapshot = ConnectionSettings | WorkspaceLimits;

/** The settings of a connection with some of them changed. */
export function changeConnection(before: ConnectionSettings, changes: ConnectionChanges): ConnectionSettings {
  return {
    jobTypes: mergeKinds(before.jobTypes, changes.jobTypes),
    businessUnits: mergeKinds(before.businessUnits, changes.businessUnits),
    tags: mergeKinds(before.tags, changes.tags),
    clericalReasonIds: sortedIds(changes.clericalReasonIds ?? before.clericalReasonIds),
    otherEstimateMinimum: changes.otherEstimateMinimum ?? before.otherEstimateMinimum,
    liveFrom: changes.liveFrom === undefined ? before.liveFrom : new Date(changes.liveFrom).toISOString(),
  };
}

/** The limits of a workspace with some of them changed. */
export function changeWorkspace(before: WorkspaceLimits, changes: WorkspaceChanges): WorkspaceLimits {
  return {
    completedResetDays: changes.completedResetDays ?? before.completedResetDays,
    staleResetDays: changes.staleResetDays ?? before.staleResetDays,
  };
}

type Kinds = Record<string, ClassifiedKind>;

function mergeKinds(before: Kinds, changes: Record<string, ClassifiedKind | null> = {}): Kinds {
  const merged: Kinds = {};
  for (const [id, kind] of Object.entries({ ...before, ...changes })) if (kind !== null) merged[id] = kind;
  return merged;
}

function sortedIds(ids: readonly number[]): number[] {
  return [...new Set(ids)].toSorted((one, other) => one - other);
}

/** What differs between two versions of the settings of a connection or a workspace, value by value. */
export function differencesOf(before: SettingsSnapshot, after: SettingsSnapshot): SettingDifference[] {
  if ('liveFrom' in before && 'liveFrom' in after) return connectionDifferences(before, after);
  if ('staleResetDays' in before && 'staleResetDays' in after) return limitDifferences(before, after);
  return [];
}

function connectionDifferences(before: ConnectionSettings, after: ConnectionSettings): SettingDifference[] {
  const differences: SettingDifference[] = [
    ...kindDifferences('job_type', before.jobTypes, after.jobTypes),
    ...kindDifferences('business_unit', before.businessUnits, after.businessUnits),
    ...kindDifferences('tag', before.tags, after.tags),
    ...reasonDifferences(before.clericalReasonIds, after.clericalReasonIds),
  ];
  if (before.otherEstimateMinimum !== after.otherEstimateMinimum) {
    const { otherEstimateMinimum: from } = before;
    differences.push({ setting: 'otherEstimateMinimum', from, to: after.otherEstimateMinimum });
  }
  if (before.liveFrom !== after.liveFrom) {
    differences.push({ setting: 'liveFrom', from: before.liveFrom, to: after.liveFrom });
  }
  return differences;
}

function limitDifferences(before: WorkspaceLimits, after: WorkspaceLimits): SettingDifference[] {
  return (['completedResetDays', 'staleResetDays'] as const).flatMap((setting) =>
    before[setting] === after[setting] ? [] : [{ setting, from: before[setting], to: after[setting] }],
  );
}

function kindDifferences(
  setting: 'job_type' | 'business_unit' | 'tag',
  before: Kinds,
  after: Kinds,
): SettingDifference[] {
  const ids = sortedIds([...Object.keys(before), ...Object.keys(after)].map(Number));
  return ids.flatMap((id) => {
    const [from, to] = [before[id] ?? null, after[id] ?? null];
    return from === to ? [] : [{ setting, id, from, to }];
  });
}

function reasonDifferences(before: readonly number[], after: readonly number[]): SettingDifference[] {
  return sortedIds([...before, ...after]).flatMap((id) => {
    const [from, to] = [before.includes(id), after.includes(id)];
    return from === to ? [] : [{ setting: 'cancel_reason' as const, id, from, to }];
  });
}
