import type { StateRuleKey } from './stateRules.ts';

/** The rows of the state table in words: when each holds. */
const sentences = {
  install_completed: 'An install job is completed, and none is open.',
  done_on_the_spot:
    'There is no install job, and the job of the visit is completed with the sold work on its own invoice.',
  install_booked: 'An install job is open and has an appointment.',
  installs_canceled: 'There are install jobs, and all of them are canceled.',
  estimate_sold: 'An estimate is sold, and no install is booked, canceled or done.',
  estimate_open: 'An estimate is open, none is sold, and no visit is booked or under way.',
  visit_booked: 'A sales job is open, and no estimate waits for an answer.',
  visit_canceled: 'The sales job is canceled, and no estimate is open or sold.',
  lead_open: 'There is no job, and the lead is open.',
  booking_waiting: 'There is no job and no lead, and the booking is new or accepted.',
  override: 'A person or a flow set the state; it holds until the records say something new.',
} as const satisfies Record<StateRuleKey | 'override', string>;

const byKey = new Map<string, string>(Object.entries(sentences));

/** A rule with its sentence; null in state 0, which needs none. */
export function explainRule(key: string | null): { key: string; sentence: string } | null {
  const sentence = key === null ? undefined : byKey.get(key);
  return key === null || sentence === undefined ? null : { key, sentence };
}
