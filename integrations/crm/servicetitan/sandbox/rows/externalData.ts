import { z } from 'zod';
import { text } from './members.ts';

/** What applications attached to a record. Loaded data may name no application; the API never shows whose it is. */
export const externalData = z
  .array(z.object({ key: text, value: text, applicationGuid: text.toLowerCase().nullable().default(null) }))
  .default([]);

export type ExternalData = z.infer<typeof externalData>;

/** An application's data in a body that makes a record. */
export const newExternalData = z.object({
  applicationGuid: z.guid(),
  externalData: z.array(z.object({ key: text.min(1), value: text })),
});
export type NewExternalData = z.infer<typeof newExternalData>;

/** In a body that changes one: a value of null takes its key out. */
export const externalDataChanges = newExternalData.extend({
  patchMode: z.enum(['Replace', 'Merge']).nullish(),
  externalData: z.array(z.object({ key: text.min(1), value: text.nullish() })),
});
export type ExternalDataChanges = z.infer<typeof externalDataChanges>;
