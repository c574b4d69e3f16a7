import { z } from 'zod';

/** What the product sends to ServiceTitan. Checked before sending: ServiceTitan ignores misspelled members. */

const contactTypes = ['Phone', 'Email', 'Fax', 'MobilePhone'] as const;
export const priorities = ['Low', 'Normal', 'High', 'Urgent'] as const;
export const customerTypes = ['Residential', 'Commercial'] as const;
const suppressionReasons = [
  'Unsubscribe',
  'Bounce',
  'SpamReport',
  'ManualUnsubscribe',
  'NeverEmail',
] as const;

const text = z.string().trim().min(1);

const newContact = z.object({
  type: z.enum(contactTypes),
  value: text,
  memo: z.string().optional(),
});

const newAddress = z.object({
  street: text,
  unit: z.string().optional(),
  city: text,
  state: text,
  zip: text,
  country: text,
});

export const newCustomer = z.object({
  name: text,
  type: z.enum(customerTypes).optional(),
  address: newAddress,
  /** ServiceTitan wants at least one place of service; without any it is the customer's address. */
  locations: z
    .array(z.object({ name: text, address: newAddress, contacts: z.array(newContact).optional() }))
    .optional(),
  contacts: z.array(newContact).optional(),
  doNotMail: z.boolean().optional(),
  doNotService: z.boolean().optional(),
});

export const newBooking = z
  .object({
    externalId: text,
    source: text,
    name: text,
    summary: text,
    isFirstTimeClient: z.boolean(),
    address: newAddress.optional(),
    contacts: z.array(newContact).optional(),
    customerType: z.enum(customerTypes).optional(),
    start: z.iso.datetime({ offset: true }).optional(),
    campaignId: z.int().positive().optional(),
    businessUnitId: z.int().positive().optional(),
    jobTypeId: z.int().positive().optional(),
    priority: z.enum(priorities).optional(),
    isSendConfirmationEmail: z.boolean().optional(),
  })
  .refine((booking) => booking.address !== undefined || (booking.contacts ?? []).length > 0, {
    message: 'needs an address or a way to reach the customer',
    path: ['contacts'],
  });

export type NewContact = z.input<typeof newContact>;
export type NewCustomer = z.input<typeof newCustomer>;
export type NewBooking = z.input<typeof newBooking>;
export type SuppressionReason = (typeof suppressionReasons)[number];
