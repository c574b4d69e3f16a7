import { z } from 'zod';
import { addressGeo, contactType, flag, text } from '../rows/members.ts';

export const id = z.int().nonnegative();
export const ids = z.array(id);

export const newAddress = addressGeo.extend({
  street: text,
  city: text,
  state: text,
  zip: text,
  country: text,
});

export const newContact = z.object({ type: contactType, value: text.min(1), memo: text.nullish() });

export const contactChanges = z
  .object({
    type: contactType,
    value: text.min(1),
    memo: text,
    preferences: z.object({
      jobRemindersEnabled: flag,
      marketingUpdatesEnabled: flag,
      invoiceStatementNotification: flag,
    }),
  })
  .partial();

export const customFieldValues = z.array(z.object({ typeId: z.int(), value: text.nullish() }));

export const newNote = z.object({ text: text.min(1), pinToTop: flag.nullish() });
