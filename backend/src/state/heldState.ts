import type { StateNumber } from '../schemas/state.ts';
import { jobsOf, type JourneyRecords } from './journeyRecords.ts';
import type { JourneyRow } from './journeyRow.ts';
import type { JourneyOverride } from './overrides.ts';
import type { TableState } from './readState.ts';
import { keyOf } from './roots.ts';
import { stateOf } from './states.ts';
import { later } from './timestamps.ts';

/** A journey's state with what entered it, before the clock has its say. */
export type HeldState = Pick<
  JourneyRow,
  | 'state'
  | 'rule'
  | 'enteringKey'
  | 'enteringCreatedOn'
  | 'enteringModifiedOn'
  | 'happenedAt'
  | 'happenedFromModifiedOn'
  | 'jobId'
>;

export const contactState = {
  state: 0,
  rule: null,
  enteringKey: null,
  enteringCreatedOn: null,
  enteringModifiedOn: null,
  happenedAt: null,
  happenedFromModifiedOn: false,
  jobId: null,
} as const satisfies HeldState;

/** What the rules give: the table, unless the journey is superseded. */
export function heldByRules(journey: JourneyRecords, ruleState: StateNumber, table: TableState): HeldState {
  const { entering } = table;
  if (ruleState === 0 || entering === null) return contactState;
  return {
    state: ruleState,
    rule: table.rule,
    enteringKey: keyOf(entering),
    enteringCreatedOn: entering.createdOn,
    enteringModifiedOn: entering.modifiedOn,
    happenedAt: entering.happenedAt,
    happenedFromModifiedOn: entering.happenedFromModifiedOn,
    jobId: entering.jobId ?? anyJobId(journey),
  };
}

/** What an override gives: it happened when it was set and keeps the job that the row had. */
export function heldByOverride(
  journey: JourneyRecords,
  override: JourneyOverride,
  jobId: number | null,
): HeldState {
  return {
    state: override.state,
    rule: 'override',
    enteringKey: keyOf({ type: 'override', id: override.id }),
    enteringCreatedOn: override.setAt,
    enteringModifiedOn: override.setAt,
    happenedAt: override.setAt,
    happenedFromModifiedOn: false,
    jobId: jobId ?? anyJobId(journey),
  };
}

/** From when on the limit of a reset counts: in 3 and 4 for the youngest estimate that holds the state. */
export function resetCountsFrom(held: HeldState, table: TableState): string | null {
  if (held.happenedAt === null || held.rule === 'override' || !stateOf(held.state).heldByEstimates) {
    return held.happenedAt;
  }
  return table.heldBy.map(({ happenedAt }) => happenedAt).reduce(later, held.happenedAt);
}

/** The root job, else the lowest. */
function anyJobId(journey: JourneyRecords): number | null {
  if (journey.root.type === 'job') return journey.root.id;
  const ids = jobsOf(journey).map(({ id }) => id);
  return ids.length === 0 ? null : ids.reduce((one, other) => Math.min(one, other));
}
