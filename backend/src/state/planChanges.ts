import { isDeepStrictEqual } from 'node:util';
import type { TransitionSource } from '../schemas/state.ts';
import { assignRows } from './assignRows.ts';
import type { Change, Entry } from './changes.ts';
import { compareText } from './compare.ts';
import { contactState } from './heldState.ts';
import type { Journey } from './journey.ts';
import type { JourneyRow, StoredRow } from './journeyRow.ts';
import type { JourneyOverride } from './overrides.ts';
import { compareRoots, keyOf } from './roots.ts';
import { stateOf } from './states.ts';

export interface PlanInput {
  /** All journeys of a closed set of records. */
  journeys: readonly Journey[];
  /** All stored rows whose root is in that set; a root that is in no journey takes its row to 0. */
  rows: readonly StoredRow[];
  /** The overrides of these rows: rows that no journey carries on lose theirs. */
  overrides?: readonly JourneyOverride[];
  /** What happened before is history and starts nothing. */
  liveFrom: string;
  source: TransitionSource;
}

/**
 * What must be written so that the stored rows say what was derived; nothing for rows that say it already. Leavings
 * come before entries, entries in the order in which they happened, then by smallest root. A transition between two
 * states other than 0 is both: who applies a plan ends the runs of all transitions before it starts any.
 */
export function planChanges(input: PlanInput): Change[] {
  const { rowOf, leftOver } = assignRows(input.journeys, input.rows);
  const carriedOn = input.journeys.map((journey) => changeOf(journey, rowOf.get(journey), input));
  const leftBehind = [...leftOver].map(([row, joined]) => leavingOf(row, joined, input));
  return [...leftBehind, ...carriedOn].filter((change) => change !== null).toSorted(compareChanges);
}

function changeOf(journey: Journey, stored: StoredRow | undefined, input: PlanInput): Change | null {
  const { members: _members, appointmentAhead, liftedOverrideIds, ...row } = journey;
  if (stored) return compareWithStored({ row, stored, appointmentAhead, liftedOverrideIds, input });
  const entry = row.state === 0 ? null : entryOf({ row, from: 0, appointmentAhead, input });
  return { type: 'insert', row, liftedOverrideIds, entry };
}

function leavingOf(stored: StoredRow, joined: Journey | null, input: PlanInput): Change | null {
  const { id: _id, version: _version, ...before } = stored;
  const row: JourneyRow = {
    ...before,
    ...contactState,
    customerId: joined ? joined.customerId : before.customerId,
    ruleState: 0,
    seen: null,
    supersededBy: null,
    isReset: false,
    overrideId: null,
    appointment: null,
    nextDueAt: null,
    openTotal: 0,
    soldTotal: 0,
    explanation: joined
      ? 'What it began with became part of another opportunity.'
      : 'The record that it began with is gone or no longer counts.',
    wouldChange: 'It would go on if the record stood for itself again.',
  };
  const liftedOverrideIds = (input.overrides ?? [])
    .filter(({ root, liftedAt }) => liftedAt === null && keyOf(root) === keyOf(stored.root))
    .map(({ id }) => id);
  return compareWithStored({ row, stored, appointmentAhead: false, liftedOverrideIds, input });
}

function compareWithStored(compared: {
  row: JourneyRow;
  stored: StoredRow;
  appointmentAhead: boolean;
  liftedOverrideIds: readonly string[];
  input: PlanInput;
}): Change | null {
  const { row, stored, appointmentAhead, liftedOverrideIds, input } = compared;
  const common = { row, liftedOverrideIds, rowId: stored.id, expectedVersion: stored.version };
  const isOtherVisit = stateOf(row.state).hangsOnJob && row.jobId !== stored.jobId;
  if (row.state !== stored.state || isOtherVisit) {
    const entry = entryOf({ row, from: stored.state, appointmentAhead, input });
    return { type: 'transition', ...common, entry };
  }
  const isUnchanged = isDeepStrictEqual({ ...stored, ...row }, stored);
  if (isUnchanged && liftedOverrideIds.length === 0) return null;
  const isOtherRecord = row.state !== 0 && row.enteringKey !== stored.enteringKey;
  return { type: 'refresh', ...common, newEnteringKey: isOtherRecord ? row.enteringKey : null };
}

function entryOf(entered: {
  row: JourneyRow;
  from: Entry['from'];
  appointmentAhead: boolean;
  input: PlanInput;
}): Entry {
  const { row, from, appointmentAhead, input } = entered;
  const backfill = row.state !== 0 && row.happenedAt !== null && row.happenedAt < input.liveFrom;
  return {
    from,
    to: row.state,
    enteringKey: row.enteringKey,
    happenedAt: row.happenedAt,
    enteringCreatedOn: row.enteringCreatedOn,
    enteringModifiedOn: row.enteringModifiedOn,
    source: backfill ? 'backfill' : input.source,
    backfill,
    settings: input.source === 'settings',
    appointmentAhead,
  };
}

function compareChanges(one: Change, other: Change): number {
  return (
    Number(isEntry(one)) - Number(isEntry(other)) ||
    (isEntry(one) ? compareText(one.row.happenedAt ?? '', other.row.happenedAt ?? '') : 0) ||
    compareRoots(one.row.root, other.row.root)
  );
}

/** Whether it may start something; all else is done before. */
function isEntry(change: Change): boolean {
  return change.type !== 'refresh' && change.entry !== null && change.entry.to !== 0;
}
