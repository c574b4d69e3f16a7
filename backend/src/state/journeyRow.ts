import { z } from 'zod';
import { stateNumber } from '../schemas/state.ts';
import { journeyRoot } from './roots.ts';

const id = z.int().nullable();
const time = z.string().nullable();

const seenDate = z.object({ state: stateNumber, enteringKey: z.string(), happenedAt: z.string() });
/** The earliest date that was seen for a state and its entering record: later edits must not move it. */
export type SeenDate = z.infer<typeof seenDate>;

const journeyAppointment = z.object({
  id: z.int(),
  start: z.string(),
  end: z.string(),
  arrivalWindowStart: time,
  arrivalWindowEnd: time,
});
export type JourneyAppointment = z.infer<typeof journeyAppointment>;

/** All that is stored of a journey. Times are records' timestamps, to all seven digits. */
export const journeyRow = z.object({
  root: journeyRoot,
  customerId: id,
  locationId: id,
  jobId: id,
  foundedOn: time,
  state: stateNumber,
  rule: z.string().nullable(),
  enteringKey: time,
  enteringCreatedOn: time,
  enteringModifiedOn: time,
  happenedAt: time,
  /** The record has no date of its own for this, so that it is the first edit that was seen. */
  happenedFromModifiedOn: z.boolean(),
  /** What the rules give, superseded journeys included; resets and overrides aside. */
  ruleState: stateNumber,
  /** What the table alone gave, also while a reset or an override hides it. */
  seen: seenDate.nullable(),
  supersededBy: journeyRoot.nullable(),
  isReset: z.boolean(),
  overrideId: z.string().nullable(),
  appointment: journeyAppointment.nullable(),
  nextDueAt: time,
  openTotal: z.number(),
  soldTotal: z.number(),
  explanation: z.string(),
  wouldChange: z.string(),
});
export type JourneyRow = z.infer<typeof journeyRow>;

/** A row as it was read, with the version that a change is applied against. */
export interface StoredRow extends JourneyRow {
  id: string;
  version: number;
}
