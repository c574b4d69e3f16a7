import { z } from 'zod';
import { timestamp } from './records.ts';

/** An address that must not be mailed, as far as `active`. */
export const suppressionRecord = z.object({
  id: z.int(),
  email: z.string(),
  reason: z
    .string()
    .nullish()
    .transform((value) => value ?? null),
  createdOn: timestamp,
  modifiedOn: timestamp,
  active: z.boolean(),
});

export type SuppressionRecord = z.output<typeof suppressionRecord>;
