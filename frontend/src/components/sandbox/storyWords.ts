import type { storyEvents } from '#backend/schemas/api.ts';

type StoryEvent = (typeof storyEvents)[number];

/** What each event did, said of the customer. */
export const storyOutcomes = {
  lead_received: 'a lead came in',
  sales_booked: 'a sales appointment is booked',
  sales_canceled: 'the sales appointment is canceled',
  estimate_created: 'an estimate is created',
  estimate_sold: 'the estimate is sold',
  install_scheduled: 'the install is scheduled',
  install_canceled: 'the install is canceled',
  install_completed: 'the install is complete',
} as const satisfies Record<StoryEvent, string>;

/** What each event of the sandbox is called on its button. */
export const storyWords = {
  lead_received: 'A lead comes in',
  sales_booked: 'Book a sales appointment',
  sales_canceled: 'Cancel the sales appointment',
  estimate_created: 'Create an estimate',
  estimate_sold: 'Sell the estimate',
  install_scheduled: 'Schedule the install',
  install_canceled: 'Cancel the install',
  install_completed: 'Complete the install',
} as const satisfies Record<StoryEvent, string>;
