import { z } from 'zod';
import { parseDuration } from '../durations.ts';
import type { MovableClock } from '../MovableClock.ts';
import { normalizeTimestamp } from '../timestamps.ts';
import { advanceClock } from './advanceClock.ts';
import { ControlError } from './ControlError.ts';

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds !== null) return milliseconds;
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 duration such as PT1H, P1D or P90D' });
  return z.NEVER;
});

const moment = z.string().transform((text, context) => {
  const timestamp = normalizeTimestamp(text);
  if (timestamp !== null) return new Date(timestamp);
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 date and time' });
  return z.NEVER;
});

export const clockInput = z
  .strictObject({ advance: duration.optional(), set: moment.optional(), freeze: z.boolean().optional() })
  .refine((input) => Object.values(input).some((value) => value !== undefined), {
    path: ['advance'],
    message: 'or set or freeze is required',
  })
  .refine((input) => input.advance === undefined || input.set === undefined, {
    path: ['set'],
    message: 'cannot be given together with advance',
  });

/** Moves, stops or starts the sandbox's clock; a move back is refused. */
export function moveClock(clock: MovableClock, input: z.output<typeof clockInput>): void {
  if (input.set !== undefined && input.set < clock.now()) {
    const now = clock.now().toISOString();
    throw new ControlError(400, `set lies before the sandbox's now, ${now}: the clock only moves forward.`, [
      { field: 'set', message: `must not be before ${now}` },
    ]);
  }
  if (input.freeze === true) clock.freeze();
  if (input.advance !== undefined) advanceClock(clock, input.advance, 'advance');
  if (input.set !== undefined)
    advanceClock(clock, Math.max(0, input.set.getTime() - clock.now().getTime()), 'set');
  if (input.freeze === false) clock.unfreeze();
}

export function describeClock(clock: MovableClock) {
  return { now: clock.now().toISOString(), offsetMs: clock.offsetMs, frozen: clock.isFrozen };
}
