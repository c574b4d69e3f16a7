import { z } from 'zod';
import { flag, optional, text, timestamp } from '../operations/values.ts';

const email = text.trim().toLowerCase().min(1);

/** An address that must not be mailed, as far as `active`. */
export const suppressionRecord = z.object({
  email,
  reason: optional(text),
  createdOn: timestamp,
  modifiedOn: timestamp,
  active: flag,
});

export type SuppressionRecord = z.output<typeof suppressionRecord>;

/** What is left of a suppression that cannot be read: whom it is about. */
export const suppressedAddress = z.object({ email }).transform((row) => row.email);
