import { z } from 'zod';
import { normalizeTimestamp } from '../timestamps.ts';

/** Any ISO 8601 time; kept in UTC with seven fractional digits. */
export const timestamp = z.string().transform((text, context) => {
  const normalized = normalizeTimestamp(text);
  if (normalized !== null) return normalized;
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 date and time' });
  return z.NEVER;
});

export const id = z.int().positive();
export const text = z.string();
export const flag = z.boolean();
export const money = z.number();

export const optionalTimestamp = timestamp.nullable().default(null);
/** A link to another record; ServiceTitan writes null or 0 for none. */
export const optionalLink = z.int().nonnegative().nullable().default(null);
export const requiredLink = z.int().nonnegative();
export const optionalText = text.nullable().default(null);
export const optionalFlag = flag.nullable().default(null);
export const optionalMoney = money.nullable().default(null);
export const links = z.array(z.int().nonnegative()).default([]);
export const active = flag.default(true);
export const createdById = z.int().nonnegative().default(1);

export const priority = z.enum(['Low', 'Normal', 'High', 'Urgent']);
export const contactType = z.enum(['Phone', 'Email', 'Fax', 'MobilePhone']);
export const customerType = z.enum(['Residential', 'Commercial']);

export const addressGeo = z.object({
  street: text.default(''),
  unit: optionalText,
  city: text.default(''),
  state: text.default(''),
  zip: text.default(''),
  country: text.default('USA'),
  latitude: optionalMoney,
  longitude: optionalMoney,
});

export const emptyAddress = addressGeo.parse({});

export const customFields = z
  .array(z.object({ typeId: z.int(), name: optionalText, value: optionalText }))
  .default([]);

export type AddressGeo = z.infer<typeof addressGeo>;
export type ContactType = z.infer<typeof contactType>;
