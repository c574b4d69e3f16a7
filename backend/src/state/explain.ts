import { stateTitles, type StateNumber } from '../schemas/state.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import type { JourneyOverride } from './overrides.ts';
import type { TableState } from './readState.ts';
import type { JourneySettings } from './settings.ts';
import type { StateRuleKey } from './stateRules.ts';
import { stateOf } from './states.ts';

interface Reason {
  because(label: string): string;
  next: string;
}

const reasons = {
  install_completed: {
    because: (job) => `Install ${job} is completed and no other install job is open.`,
    next: 'An install job that is booked or reopened would change it.',
  },
  done_on_the_spot: {
    because: (job) => `The sold work was done on the spot: it is on the invoice of ${job}.`,
    next: 'An install job, or reopening the job, would change it.',
  },
  install_booked: {
    because: (job) => `Install ${job} is open and has an appointment.`,
    next: 'Completing or canceling the install, or deleting its last appointment, would change it.',
  },
  installs_canceled: {
    because: (job) => `Every install job was canceled, ${job} last.`,
    next: 'A new install job, or taking back the cancellation, would change it.',
  },
  estimate_sold: {
    because: (estimate) => `${capitalized(estimate)} is sold and no install is booked.`,
    next: 'An install job with an appointment, or taking back the sale, would change it.',
  },
  estimate_open: {
    because: (estimate) => `${capitalized(estimate)} is open and no visit is booked or under way.`,
    next: 'Selling or dismissing the open estimates, or another visit, would change it.',
  },
  visit_booked: {
    because: (job) => `Sales ${job} is open.`,
    next: 'An estimate once the visit is over, or canceling the job, would change it.',
  },
  visit_canceled: {
    because: (job) => `Sales ${job} was canceled and no estimate is open or sold.`,
    next: 'Taking back the cancellation, an estimate, or another booking of the customer would change it.',
  },
  lead_open: {
    because: () => 'The lead is open and no visit is booked.',
    next: 'Booking a visit, or closing the lead, would change it.',
  },
  booking_waiting: {
    because: () => 'The booking is waiting and no visit is booked.',
    next: 'Booking a visit, or dismissing the booking, would change it.',
  },
} as const satisfies Record<StateRuleKey, Reason>;

/** Why a journey is in its state, and what would change it: two texts for people, without dates that grow old. */
export function explain(input: {
  state: StateNumber;
  table: TableState;
  supersededBy: JourneyRecords | undefined;
  override: JourneyOverride | null;
  isReset: boolean;
  settings: JourneySettings;
}): { explanation: string; wouldChange: string } {
  const { state, table, supersededBy, override, isReset, settings } = input;
  if (isReset) {
    const before = override ? override.state : table.state;
    return {
      explanation: `It returned to ${stateTitles[0]} after ${resetDays(before, settings)} days in "${stateTitles[before]}".`,
      wouldChange: 'Anything new in ServiceTitan that puts it into a state would change it.',
    };
  }
  const reset = state === 0 ? '' : ` ${resetSentence(state, settings)}`;
  if (override) {
    return {
      explanation: `A person or a flow set it to "${stateTitles[state]}" while the records said "${stateTitles[override.ruleStateThen]}".`,
      wouldChange: `Records that say something else, or that are newer, would change it.${reset}`,
    };
  }
  if (supersededBy) {
    return {
      explanation: `It gave way to ${labelOf(supersededBy)}, in which the customer went on.`,
      wouldChange:
        'Something new in this opportunity, or undoing what happened in the other, would change it.',
    };
  }
  if (table.rule === null) {
    return {
      explanation: 'No lead, visit, estimate or install of this opportunity puts it into a state.',
      wouldChange:
        'A lead or booking that is open, a booked visit, an estimate or an install would change it.',
    };
  }
  const { because, next } = reasons[table.rule];
  return { explanation: because(table.entering?.label ?? 'a record'), wouldChange: `${next}${reset}` };
}

function resetDays(state: StateNumber, settings: JourneySettings): number {
  return state === 6 ? settings.completedResetDays : settings.staleResetDays;
}

function resetSentence(state: StateNumber, settings: JourneySettings): string {
  const sentence = `Otherwise it returns to ${stateTitles[0]} after ${resetDays(state, settings)} days`;
  return state === 6 ? `${sentence}.` : `${sentence} without an appointment ahead.`;
}

/** Why the clock alone will take a journey back, and when its time began to count. */
export function explainReset(state: StateNumber, settings: JourneySettings): string {
  const days = resetDays(state, settings);
  if (state === 6) return `${days} days after the install was completed.`;
  const { heldByEstimates } = stateOf(state);
  const since = heldByEstimates ? 'the youngest estimate that holds it' : 'it happened';
  return `${days} days after ${since}, once no appointment lies ahead.`;
}

function labelOf({ rootJob }: JourneyRecords): string {
  return rootJob ? `another opportunity (job ${rootJob.record.jobNumber})` : 'another opportunity';
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
