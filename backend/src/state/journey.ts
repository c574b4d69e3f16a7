import type { JourneyRoot } from './roots.ts';
import type { JourneyRow } from './journeyRow.ts';

/** A derived journey: what is stored of it, and what only the comparison with the stored rows needs. */
export interface Journey extends JourneyRow {
  /** Every record that joined it, the root among them. */
  members: readonly JourneyRoot[];
  liftedOverrideIds: readonly string[];
  /** An appointment of the row's job lies ahead. */
  appointmentAhead: boolean;
}
