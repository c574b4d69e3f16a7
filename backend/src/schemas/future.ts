import { z } from 'zod';
import { stateNumber } from './state.ts';

const after = {
  /** Hours from the start of the flow. */
  afterHours: z
    .number()
    .min(0)
    .max(24 * 3660),
};

/** Something that happens to a customer while a flow is tried out. */
export const futureEvent = z.discriminatedUnion('type', [
  z.object({ ...after, type: z.literal('state_entered'), state: stateNumber }),
  z.object({ ...after, type: z.literal('estimate_created'), total: z.number().positive().max(10_000_000) }),
  /** The newest open estimate, or one of this total. */
  z.object({
    ...after,
    type: z.literal('estimate_sold'),
    total: z.number().positive().max(10_000_000).optional(),
  }),
  /** Booked or moved: the appointment starts so many hours after the flow. */
  z.object({
    ...after,
    type: z.literal('appointment_set'),
    startsAfterHours: z
      .number()
      .min(-24 * 365)
      .max(24 * 3660),
  }),
  z.object({ ...after, type: z.literal('appointment_canceled') }),
  z.object({ ...after, type: z.literal('job_completed') }),
  z.object({ ...after, type: z.literal('replied') }),
  z.object({ ...after, type: z.literal('unsubscribed') }),
]);
export type FutureEvent = z.infer<typeof futureEvent>;

export const future = z.array(futureEvent).max(100);
