import { customerEvents } from './customerEvents.ts';
import { jobEvents } from './jobEvents.ts';
import { saleEvents } from './saleEvents.ts';
import type { StoryEvent } from './StoryEvent.ts';
import type { OfficeEventName } from './storyInput.ts';

/** What else happens in an office, and what each event asks for. */
export const officeEventTable: Readonly<Record<OfficeEventName, StoryEvent>> = {
  ...customerEvents,
  ...jobEvents,
  ...saleEvents,
};
