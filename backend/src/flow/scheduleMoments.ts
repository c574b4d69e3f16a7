import type { TriggerData } from '../schemas/nodes/trigger.ts';
import { nextLocalMoment } from './localMoments.ts';

type ScheduleFields = Pick<
  Extract<TriggerData, { on: 'schedule' }>,
  'every' | 'weekday' | 'dayOfMonth' | 'time'
>;

export interface ScheduleQuestion {
  schedule: ScheduleFields;
  timeZone: string;
  /** When it is due next, as far as it was computed; null: not yet. */
  nextDueAt: Date | null;
  /** Since when the trigger listens. */
  since: Date;
  maxAgeHours: number;
  now: Date;
}

/** The moment that is due now, null for none, and the one after now. Of several that were missed only the last counts, and what is too old does not. */
export function scheduleMoments(question: ScheduleQuestion): { due: Date | null; next: Date } {
  const { schedule, timeZone, since, now, maxAgeHours } = question;
  const oldest = new Date(now.getTime() - maxAgeHours * 3_600_000);
  const known = question.nextDueAt ?? since;
  const nextFrom = (from: Date) => momentFrom(schedule, from, timeZone);
  let due: Date | null = null;
  let next = nextFrom(known > oldest ? known : oldest);
  while (next <= now) {
    due = next;
    next = nextFrom(new Date(next.getTime() + 1000));
  }
  return { due, next };
}

function momentFrom(
  { every, weekday, dayOfMonth, time }: ScheduleFields,
  from: Date,
  timeZone: string,
): Date {
  const days = every === 'week' ? [weekday ?? ('monday' as const)] : [];
  const ofMonth = every === 'month' ? (dayOfMonth ?? 1) : undefined;
  return nextLocalMoment({ time, weekdays: days, dayOfMonth: ofMonth }, from, timeZone);
}
