import { z } from 'zod';
import { addressGeo, contactType, flag, money as anyMoney, text } from '../rows/members.ts';

export const id = z.int().nonnegative();
/** A link that a record cannot be without. */
export const requiredId = z.int().positive();
export const ids = z.array(id);

/** An amount, price or quantity: more than a hundred million is a mistake, and products of such numbers are no numbers. */
export const money = anyMoney.min(-100_000_000).max(100_000_000);

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
