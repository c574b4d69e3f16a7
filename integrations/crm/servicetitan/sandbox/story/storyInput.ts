import { z } from 'zod';

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

export type StoryEventName = (typeof storyEvents)[number];

export const storyInput = z.strictObject({
  tenant: z.union([z.string().min(1), z.int()], { error: "must be a tenant's id or name" }),
  event: z.enum(storyEvents, { error: `must be one of ${storyEvents.join(', ')}` }),
  customerId: z.int().positive().nullish(),
});

export type StoryInput = z.infer<typeof storyInput>;
