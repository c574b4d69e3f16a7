import { stateTitles, type StateNumber } from '#backend/schemas/state.ts';
import type {
  ClassifiedKind,
  SettingDifference,
  StateSettingsReply,
} from '#backend/schemas/stateSettings.ts';
import { formatAmount } from '../../money.ts';
import { formatDateTime } from '../../time.ts';

export type Subject = StateSettingsReply['subjects'][number];

export const kindWords = {
  sales: 'Sales visit',
  install: 'Install',
  other: 'Other',
} as const satisfies Record<ClassifiedKind, string>;

const subjectWords = {
  job_type: 'Job type',
  business_unit: 'Business unit',
  tag: 'Tag',
  cancel_reason: 'Cancel reason',
} as const satisfies Record<Subject['subject'], string>;

/** What a job type, unit, tag or reason is called; its id where ServiceTitan's list has no name for it. */
export function subjectName({ subject, id, name }: Pick<Subject, 'subject' | 'id' | 'name'>): string {
  return name ?? `${subjectWords[subject]} ${id}`;
}

interface WordsFor {
  subjects: readonly Subject[];
  zone: string;
  now: Date;
}

/** A difference in words: what, and from what to what. */
export function differenceWords(
  difference: SettingDifference,
  { subjects, zone, now }: WordsFor,
): { what: string; change: string } {
  const { setting } = difference;
  const named = (id: number) => {
    const known = subjects.find((each) => each.subject === setting && each.id === id);
    return known ? subjectName(known) : `no. ${id}`;
  };
  switch (setting) {
    case 'job_type':
    case 'business_unit':
    case 'tag': {
      const { id, from, to } = difference;
      return { what: `${subjectWords[setting]} ${named(id)}`, change: `${kindName(from)} → ${kindName(to)}` };
    }
    case 'cancel_reason':
      return {
        what: `Cancel reason ${named(difference.id)}`,
        change: difference.to ? 'the job never was one' : 'a real cancellation',
      };
    case 'otherEstimateMinimum':
      return {
        what: 'Smallest estimate on other jobs',
        change: `${formatAmount(difference.from)} → ${formatAmount(difference.to)}`,
      };
    case 'liveFrom':
      return {
        what: 'Live from',
        change: `${formatDateTime(difference.from, zone, now)} → ${formatDateTime(difference.to, zone, now)}`,
      };
    case 'completedResetDays':
      return {
        what: 'Completed installs return after',
        change: `${difference.from} → ${difference.to} days`,
      };
    case 'staleResetDays':
      return {
        what: 'All other states return after',
        change: `${difference.from} → ${difference.to} days`,
      };
  }
}

/** What tells differences apart: two job types may have the same name. */
export function differenceKey(difference: SettingDifference): string {
  return 'id' in difference ? `${difference.setting} ${difference.id}` : difference.setting;
}

function kindName(kind: ClassifiedKind | null): string {
  return kind === null ? 'not classified' : kindWords[kind].toLowerCase();
}

/** Where a journey would go, in words. */
export function moveWords(from: StateNumber, to: StateNumber): string {
  return from === to ? `${stateTitles[to]}, for another visit` : `${stateTitles[from]} → ${stateTitles[to]}`;
}
