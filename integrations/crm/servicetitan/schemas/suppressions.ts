import { z } from 'zod';
import { flag, id, optional, text, timestamp } from '../operations/values.ts';

/** An address that must not be mailed, as far as `active`. */
export const suppressionRecord = z.object({
  id,
  email: text,
  reason: optional(text),
  createdOn: timestamp,
  modifiedOn: timestamp,
  active: flag,
});

export type SuppressionRecord = z.output<typeof suppressionRecord>;
