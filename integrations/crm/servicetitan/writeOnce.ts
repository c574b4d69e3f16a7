import { createHash } from 'node:crypto';
import { IntegrationError } from '../../errors.ts';
import type { CallOptions } from './operations/runSingle.ts';
import { sendOnce } from './operations/sendOnce.ts';
import type { Reader } from './lists.ts';

/**
 * Does a write once: what an earlier try made is looked for before every attempt, so neither a lost answer nor a
 * repeated call does it again. `find` must recognize for certain what `send` makes.
 */
export async function writeOnce<Record_>(
  { transport }: Pick<Reader, 'transport'>,
  write: {
    /** For messages, with its article: "the booking". */
    what: string;
    find: () => Promise<Record_ | undefined>;
    send: () => Promise<Record_>;
    options: CallOptions;
  },
): Promise<{ record: Record_; created: boolean }> {
  const known = await write.find();
  if (known !== undefined) return { record: known, created: false };
  try {
    const record = await sendOnce(transport, {
      what: write.what,
      send: write.send,
      find: async () => {
        const made = await write.find();
        return made === undefined ? undefined : { reply: made };
      },
      isExact: true,
      signal: write.options.signal,
    });
    return { record, created: true };
  } catch (error) {
    if (error instanceof IntegrationError && error.outcomeUnknown) throw repeatable(write.what, error);
    throw error;
  }
}

/** The failure of a write that may be tried again later: by then the look-up tells what became of it. */
function repeatable(what: string, { status, requestId, cause }: IntegrationError): IntegrationError {
  return new IntegrationError(
    'unavailable',
    `ServiceTitan did not confirm ${what}, and it is not to be found yet: try again in some minutes; it is not made twice.`,
    { status, requestId, cause },
  );
}

/**
 * Where ServiceTitan has no place for a reference of ours, a text carries it at its end: short, and the same for every
 * try of the same step.
 */
export function markOf(reference: string): string {
  return `[ref ${createHash('sha256').update(reference).digest('hex').slice(0, 12)}]`;
}

export function withMark(text: string, reference: string): string {
  return `${text}\n\n${markOf(reference)}`;
}
