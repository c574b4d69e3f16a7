import { z } from 'zod';

/** The states of a journey, by number. The table that gives them their meaning is in backend/src/state. */
export const stateNumbers = [0, 1, 2, 2.5, 3, 4, 5, 5.5, 6] as const;
export const stateNumber = z.literal(stateNumbers);
export type StateNumber = z.infer<typeof stateNumber>;

export const stateTitles = {
  0: 'Contact',
  1: 'Lead',
  2: 'Sales appointment booked',
  2.5: 'Sales appointment canceled',
  3: 'Estimates created',
  4: 'Estimate sold',
  5: 'Install scheduled',
  5.5: 'Install canceled',
  6: 'Install complete',
} as const satisfies Record<StateNumber, string>;

const transitionSources = ['poll', 'webhook', 'timer', 'flow', 'manual', 'settings', 'backfill'] as const;
export const transitionSource = z.enum(transitionSources);
export type TransitionSource = z.infer<typeof transitionSource>;

/** Body of POST /api/customers/:id/state. */
export const setStateRequest = z.object({
  /** The journey; when left out, the customer's one journey that is not in state 0, else its newest. */
  journeyId: z.uuid().optional(),
  state: stateNumber,
  reason: z.string().trim().min(1, 'Say why, so that the timeline can explain it.').max(500),
});
