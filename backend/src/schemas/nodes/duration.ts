import { z } from 'zod';

const durationUnits = ['minutes', 'hours', 'days', 'weeks'] as const;
export type DurationUnit = (typeof durationUnits)[number];

/** The two fields of a time span. */
export const durationFields = {
  amount: z
    .int('Enter a whole number.')
    .positive('Enter 1 or more.')
    .max(10_000, 'At most 10,000.')
    .meta({ title: 'How long' }),
  unit: z.enum(durationUnits).meta({ title: 'Unit' }),
} as const;

/** "3 days"; "1 hour". */
export function durationWords({ amount, unit }: { amount: number; unit: DurationUnit }): string {
  return countWords(amount, unit.slice(0, -1));
}

export function countWords(count: number, singular: string): string {
  return `${count} ${singular}${count === 1 ? '' : 's'}`;
}
