import type { StateNumber, TransitionSource } from '../schemas/state.ts';
import type { JourneyRow } from './journeyRow.ts';

/** What a transition says and what decides whether it starts anything. */
export interface Entry {
  from: StateNumber;
  to: StateNumber;
  /** Null in a transition to 0. An override of 0 has a key, and starts nothing either. */
  enteringKey: string | null;
  happenedAt: string | null;
  enteringCreatedOn: string | null;
  enteringModifiedOn: string | null;
  source: TransitionSource;
  /** It happened before the connection was live: history starts nothing. */
  backfill: boolean;
  /** It comes from changed settings: starts nothing unless the administrator asks. */
  settings: boolean;
  /** An appointment of the row's job lies ahead: in 2 and 5 such news is not stale. */
  appointmentAhead: boolean;
}

interface Common {
  /** All that is to be stored. */
  row: JourneyRow;
  liftedOverrideIds: readonly string[];
}

interface OfStoredRow extends Common {
  rowId: string;
  /** The version that the change was computed from; when the row has moved on, it must be computed anew. */
  expectedVersion: number;
}

/**
 * One write to the stored journeys. `insert`: a new row, a transition from 0 where it has an entry. `transition`:
 * another state, or in 2 and 5 another job. `refresh`: other fields only; where `newEnteringKey` is not null, the state
 * has another entering record, whose key is used up and stands for the same runs.
 */
export type Change =
  | (Common & { type: 'insert'; entry: Entry | null })
  | (OfStoredRow & { type: 'transition'; entry: Entry })
  | (OfStoredRow & { type: 'refresh'; newEnteringKey: string | null });
