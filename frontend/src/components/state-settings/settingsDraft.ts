import type {
  ClassifiedKind,
  ConnectionSettings,
  SettingDifference,
  WorkspaceLimits,
} from '#backend/schemas/stateSettings.ts';
import type { SettingsDraft } from '../../api.ts';

/** The members of the settings that hold kinds, by what is classified. */
export const kindsOf = {
  job_type: 'jobTypes',
  business_unit: 'businessUnits',
  tag: 'tags',
} as const;
export type Classifiable = keyof typeof kindsOf;

/** What a job type, unit or tag means in the draft. */
export function draftedKind(
  settings: ConnectionSettings,
  draft: SettingsDraft,
  { subject, id }: { subject: Classifiable; id: number },
): ClassifiedKind | null {
  const member = kindsOf[subject];
  const changed = draft[member]?.[id];
  return changed === undefined ? (settings[member][id] ?? null) : changed;
}

/** The draft with a kind chosen; choosing what is stored takes the change back. */
export function chooseKind(
  settings: ConnectionSettings,
  draft: SettingsDraft,
  { subject, id, kind }: { subject: Classifiable; id: number; kind: ClassifiedKind | null },
): SettingsDraft {
  const member = kindsOf[subject];
  const others = Object.entries(draft[member] ?? {}).filter(([key]) => key !== String(id));
  const isStored = (settings[member][id] ?? null) === kind;
  return withMember(draft, member, Object.fromEntries(isStored ? others : [...others, [String(id), kind]]));
}

/** The draft with a member set, or without it where it is empty or says what is stored. */
export function withMember<Member extends keyof SettingsDraft>(
  draft: SettingsDraft,
  member: Member,
  value: SettingsDraft[Member],
): SettingsDraft {
  const rest = Object.fromEntries(Object.entries(draft).filter(([key]) => key !== member));
  const isEmpty = value === undefined || (isKinds(value) && Object.keys(value).length === 0);
  return isEmpty ? rest : { ...rest, [member]: value };
}

function isKinds(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The draft without what is stored already, since it was applied here or changed by somebody else. */
export function openChanges(
  settings: ConnectionSettings | WorkspaceLimits,
  draft: SettingsDraft,
): SettingsDraft {
  const stored: Partial<ConnectionSettings & WorkspaceLimits> = settings;
  let open = draft;
  for (const member of Object.values(kindsOf)) {
    const kinds = Object.entries(draft[member] ?? {});
    const changed = kinds.filter(([id, kind]) => (stored[member]?.[id] ?? null) !== kind);
    if (changed.length < kinds.length) open = withMember(open, member, Object.fromEntries(changed));
  }
  for (const member of ['otherEstimateMinimum', 'completedResetDays', 'staleResetDays'] as const) {
    if (draft[member] === stored[member]) open = withMember(open, member, undefined);
  }
  const { clericalReasonIds: reasons, liveFrom } = draft;
  if (reasons && symmetricDifference(stored.clericalReasonIds ?? [], reasons).length === 0)
    open = withMember(open, 'clericalReasonIds', undefined);
  if (liveFrom && Date.parse(liveFrom) === Date.parse(stored.liveFrom ?? ''))
    open = withMember(open, 'liveFrom', undefined);
  return open;
}

/** How many values a draft changes. */
export function countChanges(settings: ConnectionSettings | WorkspaceLimits, draft: SettingsDraft): number {
  const stored = 'clericalReasonIds' in settings ? settings.clericalReasonIds : [];
  const { clericalReasonIds, jobTypes = {}, businessUnits = {}, tags = {}, ...values } = draft;
  const reasons = clericalReasonIds ? symmetricDifference(stored, clericalReasonIds).length : 0;
  const kinds = [jobTypes, businessUnits, tags].flatMap((each) => Object.keys(each)).length;
  return reasons + kinds + Object.values(values).filter((value) => value !== undefined).length;
}

function symmetricDifference(one: readonly number[], other: readonly number[]): number[] {
  return [...one.filter((id) => !other.includes(id)), ...other.filter((id) => !one.includes(id))];
}

/** The request that makes these differences once more: for a preview that somebody else began, or that died. */
export function changesOf(
  differences: readonly SettingDifference[],
  settings: ConnectionSettings | WorkspaceLimits,
): SettingsDraft {
  let draft: SettingsDraft = {};
  for (const difference of differences) draft = withDifference(draft, difference, settings);
  return draft;
}

function withDifference(
  draft: SettingsDraft,
  difference: SettingDifference,
  settings: ConnectionSettings | WorkspaceLimits,
): SettingsDraft {
  switch (difference.setting) {
    case 'job_type':
    case 'business_unit':
    case 'tag': {
      const member = kindsOf[difference.setting];
      return { ...draft, [member]: { ...draft[member], [difference.id]: difference.to } };
    }
    case 'cancel_reason': {
      const stored = 'clericalReasonIds' in settings ? settings.clericalReasonIds : [];
      const reasons = new Set(draft.clericalReasonIds ?? stored);
      if (difference.to) reasons.add(difference.id);
      else reasons.delete(difference.id);
      return { ...draft, clericalReasonIds: [...reasons] };
    }
    case 'otherEstimateMinimum':
    case 'liveFrom':
    case 'completedResetDays':
    case 'staleResetDays':
      return { ...draft, [difference.setting]: difference.to };
  }
}
