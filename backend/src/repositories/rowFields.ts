import { z } from 'zod';
import { stateNumber } from '../schemas/state.ts';

/** A timestamptz, in whichever form the database writes it. */
export const dbTime = z.coerce.date();
export const dbTimeOrNull = z
  .union([z.string(), z.null()])
  .transform((value) => (value === null ? null : new Date(value)));

/** The same as the API answers it. */
export const isoTime = dbTime.transform((time) => time.toISOString());
export const isoTimeOrNull = dbTimeOrNull.transform((time) => time?.toISOString() ?? null);

/** A numeric(2,1) state; some drivers hand numerics over as text. */
export const dbState = z.coerce.number().pipe(stateNumber);
