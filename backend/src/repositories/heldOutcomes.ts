import { z } from 'zod';
import { sleep } from '#integrations/retry.ts';
import { callWithin, isPassing, type Database } from './database.ts';

const outcome = z.enum(['done', 'lost', 'busy']);
const reply = z.array(z.object({ id: z.uuid(), holder: z.string(), outcome }));
const timeoutMs = 20_000;
const retryDelaysMs = [100, 1000, 5000] as const;
/** As long as a database takes to restart, or to pass on to another server. */
const patientDelaysMs = [...retryDelaysMs, 10_000, 15_000, 15_000, 15_000] as const;

/** A row in one claim's hands: who claims it later, be it the same worker, is another holder. */
export interface Held {
  id: string;
  holder: string;
}

/** lost: the lease is not that claim's any more. busy: somebody else holds the row right now; alone it is waited for. */
export type HeldOutcome = z.infer<typeof outcome>;

interface HeldCall {
  parameters: Record<string, unknown>;
  items: readonly Held[];
  isPatient: boolean;
}

/**
 * Calls a function that does something to many rows that a worker holds; the outcomes are in the items' order. It is
 * tried again when the database did not answer, and what the lost answer had done is then called lost; patiently, when
 * what it has to say must not be forgotten.
 */
export async function heldOutcomes(
  database: Database,
  name: string,
  { parameters, items, isPatient }: HeldCall,
): Promise<HeldOutcome[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      const rows = await callWithin(timeoutMs, database, name, parameters, reply);
      const outcomes = new Map(rows.map((row) => [keyOf(row), row.outcome]));
      return items.map((item) => outcomes.get(keyOf(item)) ?? 'lost');
    } catch (error) {
      const delayMs = retryAfter(error, { tries, isPatient });
      if (delayMs === null) throw error;
      await sleep(delayMs);
    }
  }
}

/** How long to wait before the same call is made again, after so many tries more than the first; null: it is given up. */
export function retryAfter(
  error: unknown,
  { tries, isPatient }: { tries: number; isPatient: boolean },
): number | null {
  const delaysMs = isPatient ? patientDelaysMs : retryDelaysMs;
  return isPassing(error) ? (delaysMs[tries] ?? null) : null;
}

/** A row may be spoken of twice in one call, by what held it formerly and by what holds it now. */
function keyOf({ id, holder }: Held): string {
  return `${id} ${holder}`;
}
