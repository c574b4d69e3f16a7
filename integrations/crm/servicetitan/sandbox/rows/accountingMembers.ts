import { z } from 'zod';
import { id, requiredLink, text } from './members.ts';

/** None is null or absent. */
export const seldomLink = z.int().nonnegative().nullish();
/** What a row names by id and name. Rows keep ids; a whole one is kept only where loaded data gave it. */
export const namedLink = z.object({ id: requiredLink, name: text.nullish() });

export const nullableAddress = z.object({
  street: text.nullish(),
  unit: text.nullish(),
  city: text.nullish(),
  state: text.nullish(),
  zip: text.nullish(),
  country: text.nullish(),
});

export const generalLedgerAccount = z.object({
  id,
  name: text.nullish(),
  number: text.nullish(),
  type: text.nullish(),
  detailType: text.nullish(),
});

export const batch = z.object({ id, number: text.nullish(), name: text.nullish() });

export function nulls(members: object): Record<string, null> {
  return Object.fromEntries(Object.keys(members).map((member) => [member, null]));
}
