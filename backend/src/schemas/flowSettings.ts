import { z } from 'zod';
import { conditions, noConditions } from './conditions.ts';

/** Who may enter a flow, when they leave it before its end, and what is too old for it. Part of every version. */
export const flowSettings = z.object({
  /** Whether who was in the flow may come again. */
  again: z.enum(['each_time', 'once', 'after_days']).meta({ title: 'Who was in it before' }),
  againAfterDays: z.int().positive('Enter 1 or more.').max(3650).meta({ title: 'Again after', unit: 'days' }),
  /** What there is one of at a time: a customer's run, or a run for each of the customer's journeys. */
  oneFor: z.enum(['customer', 'journey']).meta({ title: 'At the same time' }),
  exitOnLeave: z.boolean().meta({ title: 'When the customer leaves the state that started it' }),
  exitOnUnsubscribe: z.boolean().meta({ title: 'When the customer unsubscribes' }),
  exitOnReply: z.boolean().meta({ title: 'When the customer replies' }),
  /** The goal: whoever reaches it needs no more of this. */
  exitWhen: conditions.meta({ title: 'When this is true', editor: 'conditions' }),
  /** News that is older starts nothing, and steps of a resumed run that fell due longer ago are skipped. */
  maxAgeHours: z
    .int()
    .positive('Enter 1 or more.')
    .max(24 * 365)
    .meta({ title: 'Too old', unit: 'hours' }),
});
export type FlowSettings = z.infer<typeof flowSettings>;

export const defaultSettings: FlowSettings = {
  again: 'each_time',
  againAfterDays: 30,
  oneFor: 'customer',
  exitOnLeave: true,
  exitOnUnsubscribe: false,
  exitOnReply: false,
  exitWhen: noConditions,
  maxAgeHours: 48,
};
