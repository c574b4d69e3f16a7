import { z } from 'zod';

/** The events that move a customer from one state to another. */
export const storyEvents = [
  'lead_received',
  'sales_booked',
  'sales_canceled',
  'estimate_created',
  'estimate_sold',
  'install_scheduled',
  'install_canceled',
  'install_completed',
] as const;

/** What else happens in an office, and is easily taken for something else. */
export const officeEvents = [
  'lead_dismissed',
  'sales_rescheduled',
  'field_rescheduled',
  'job_held',
  'cancellation_removed',
  'estimate_dismissed',
  'estimate_unsold',
  'work_done_at_once',
  'install_started',
  'change_order_sold',
  'payment_received',
  'recall_booked',
  'contact_changed',
  'opted_out',
  'customers_merged',
] as const;

export type StateEventName = (typeof storyEvents)[number];
export type OfficeEventName = (typeof officeEvents)[number];
export type StoryEventName = StateEventName | OfficeEventName;

const names = [...storyEvents, ...officeEvents] as const;

export const storyEventName = z.enum(names, { error: `must be one of ${names.join(', ')}` });

export const storyInput = z.strictObject({
  tenant: z.union([z.string().min(1), z.int()], { error: "must be a tenant's id or name" }),
  event: storyEventName,
  customerId: z.int().positive().nullish(),
  /** The customer who is merged into the other; without one a duplicate is made. */
  otherCustomerId: z.int().positive().nullish(),
});

export type StoryInput = z.infer<typeof storyInput>;
