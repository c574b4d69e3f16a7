import { z } from 'zod';
import { contactType, customerType, flag, priority, text, timestamp } from '../rows/members.ts';
import { id, newContact } from './bodyMembers.ts';

const address = z.object({
  street: text,
  unit: text.nullable().default(null),
  city: text,
  state: text,
  zip: text,
  country: text,
});

export const newBookingBody = z.object({
  source: text.min(1),
  name: text.min(1),
  address: address.nullish(),
  contacts: z.array(newContact).nullish(),
  customerType: customerType.nullish(),
  start: timestamp.nullish(),
  summary: text,
  campaignId: id.nullish(),
  businessUnitId: id.nullish(),
  jobTypeId: id.nullish(),
  priority: priority.nullish(),
  isFirstTimeClient: flag,
  uploadedImages: z.array(text).nullish(),
  isSendConfirmationEmail: flag.nullish(),
  externalId: text.min(1),
});

export const bookingChangesBody = z
  .object({
    source: text.min(1),
    name: text.min(1),
    address: address.extend({ unit: text }),
    customerType,
    start: timestamp,
    summary: text,
    campaignId: id,
    businessUnitId: id,
    jobTypeId: id,
    priority,
    isFirstTimeClient: flag,
    uploadedImages: z.array(text),
    externalId: text.min(1),
  })
  .partial();

export const bookingContactChangesBody = z
  .object({ type: contactType, value: text.min(1), memo: text })
  .partial();

export const dismissBookingBody = z.object({ callReasonId: id.nullish(), dismissingMemo: text.nullish() });
