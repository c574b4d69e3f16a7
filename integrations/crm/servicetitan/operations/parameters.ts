import { z } from 'zod';
import { guid, sentTime, whole } from './values.ts';

/** The query parameters of ServiceTitan's lists, each as a caller writes it. */

/** Sent in one comma-separated value. Any number may be given: the call is made in portions of what ServiceTitan takes. */
function joined<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .readonly()
    .transform((items) => items.join(','))
    .optional();
}

function choice<const Word extends string>(...words: readonly Word[]) {
  return z.enum(words).optional();
}

/** `+Id` is ascending, `-Id` descending. */
function sort<const Field extends string>(...fields: readonly Field[]) {
  return z.templateLiteral([z.enum(['+', '-']), z.enum(fields)]).optional();
}

/** Sent once per value. */
function choices<const Word extends string>(...words: readonly Word[]) {
  return z.array(z.enum(words)).readonly().optional();
}

export const parameter = {
  id: z.int().optional(),
  ids: joined(z.int()),
  /** For what cannot be asked in portions. */
  requiredIds: z
    .array(z.int())
    .min(1)
    .max(50)
    .readonly()
    .transform((ids) => ids.join(',')),
  idsOneByOne: z.array(z.int()).readonly().optional(),
  whole: whole.optional(),
  decimal: z.number().optional(),
  flag: z.boolean().optional(),
  text: z.string().optional(),
  guid: guid.optional(),
  texts: joined(z.string().regex(/^[^,]*$/, 'must hold no comma, which would part it')),
  time: sentTime.optional(),
  /** Sent as `name[key]=value`. */
  fields: z.record(z.string(), z.string()).optional(),
  active: choice('True', 'Any', 'False'),
  activeState: choice('ActiveOnly', 'InactiveOnly', 'All'),
  choice,
  choices,
  sort,
} as const;

/** What nearly every list can be narrowed by: `…OnOrAfter` includes its moment, `…Before` does not. */
export const created = { createdOnOrAfter: parameter.time, createdBefore: parameter.time } as const;
const modified = { modifiedOnOrAfter: parameter.time, modifiedBefore: parameter.time } as const;
export const standard = { ...created, ...modified } as const;

/** Records of one integrator's own keys. The three belong together. */
export const byExternalData = {
  externalDataApplicationGuid: parameter.guid,
  externalDataKey: parameter.text,
  externalDataValues: parameter.texts,
} as const;
