import type { StateNumber } from '../schemas/state.ts';
import { pickEntering, type Evidence } from './evidence.ts';
import type { JourneyRecords } from './journeyRecords.ts';
import type { SeenDate } from './journeyRow.ts';
import { keyOf } from './roots.ts';
import { stateRules, type StateRuleKey } from './stateRules.ts';

/** What the table says about a journey. */
export interface TableState {
  state: StateNumber;
  rule: StateRuleKey | null;
  entering: Evidence | null;
  heldBy: readonly Evidence[];
}

/** Looks a journey up in the table; a date that fell back on modifiedOn stays at the earliest that was seen. */
export function readState(journey: JourneyRecords, seen: SeenDate | null): TableState {
  for (const { state, rule, heldBy, entering } of stateRules) {
    const held = heldBy(journey);
    const entered = pickEntering(held, entering);
    if (!entered) continue;
    const corrected = withEarliestSeen(entered, state, seen);
    return {
      state,
      rule,
      entering: corrected,
      heldBy: held.map((evidence) => (evidence === entered ? corrected : evidence)),
    };
  }
  return { state: 0, rule: null, entering: null, heldBy: [] };
}

function withEarliestSeen(entering: Evidence, state: StateNumber, seen: SeenDate | null): Evidence {
  const isSeenEarlier =
    entering.happenedFromModifiedOn &&
    seen?.state === state &&
    seen.enteringKey === keyOf(entering) &&
    seen.happenedAt < entering.happenedAt;
  return isSeenEarlier ? { ...entering, happenedAt: seen.happenedAt } : entering;
}
