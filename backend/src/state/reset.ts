import type { StateNumber } from '../schemas/state.ts';
import type { JourneySettings } from './settings.ts';
import { addDays, later } from './timestamps.ts';

/** When the clock alone takes a journey back to 0. */
export function resetsAt(input: {
  state: StateNumber;
  /** When the state happened; in 3 and 4, for the youngest estimate that holds it. */
  since: string | null;
  /** When the last appointment of the journey starts: until then one lies ahead. */
  lastStart: string | null;
  settings: JourneySettings;
}): string | null {
  const { state, since, lastStart, settings } = input;
  if (state === 0 || since === null) return null;
  if (state === 6) return addDays(since, settings.completedResetDays);
  return later(addDays(since, settings.staleResetDays), lastStart ?? '');
}
