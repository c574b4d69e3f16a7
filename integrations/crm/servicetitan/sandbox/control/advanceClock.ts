import { lastMoment, type MovableClock } from '../MovableClock.ts';
import { ControlError } from './ControlError.ts';

/** Moves the clock forward; what leads beyond its last moment is refused by the field that asks for it. */
export function advanceClock(clock: MovableClock, milliseconds: number, field: string): void {
  if (!clock.canAdvance(milliseconds)) {
    const message = `must not lead beyond ${lastMoment.toISOString()}`;
    throw new ControlError(400, `${field} ${message}`, [{ field, message }]);
  }
  clock.advance(milliseconds);
}
