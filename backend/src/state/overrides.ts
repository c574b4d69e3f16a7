import type { StateNumber } from '../schemas/state.ts';
import type { TableState } from './readState.ts';
import { compareText } from './compare.ts';
import type { JourneyRoot } from './roots.ts';

/** A state that a person or a flow set. */
export interface JourneyOverride {
  id: string;
  /** The root of the row that it was set on, as the row has it now. */
  root: JourneyRoot;
  state: StateNumber;
  /** A timestamp of seven digits, as all that records' dates are compared with. */
  setAt: string;
  /** What the rules, reset aside, gave when it was set. */
  ruleStateThen: StateNumber;
  liftedAt: string | null;
}

/** Which override holds a journey, if any, and which are over for good. */
export interface OverrideDecision {
  holding: JourneyOverride | null;
  lifted: readonly JourneyOverride[];
}

/** The last one that was set holds until the rules give another state, or the same one for a newer record. */
export function decideOverride(input: {
  overrides: readonly JourneyOverride[];
  ruleState: StateNumber;
  table: TableState;
}): OverrideDecision {
  const { ruleState, table } = input;
  const [last, ...replaced] = input.overrides
    .filter(({ liftedAt }) => liftedAt === null)
    .toSorted((one, other) => compareText(other.setAt, one.setAt) || compareText(one.id, other.id));
  if (!last) return { holding: null, lifted: [] };
  const holders = ruleState === table.state ? table.heldBy : [];
  const hasNews = holders.some(({ happenedAt }) => happenedAt > last.setAt);
  const holds = ruleState === last.ruleStateThen && !hasNews;
  return holds ? { holding: last, lifted: replaced } : { holding: null, lifted: [last, ...replaced] };
}
