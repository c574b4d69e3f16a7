import { IntegrationError } from '../../../errors.ts';
import type { ServiceTitanTransport } from '../ServiceTitanTransport.ts';

/** How long each unconfirmed attempt gets to show up before it is looked for. */
const lookUpDelaysMs = [2000, 5000, 10_000];

/**
 * Sends a write that must not be done twice. Where its answer was lost, `find` looks for its effect; only what
 * certainly was not done is sent again.
 */
export async function sendOnce<Reply>(
  transport: Pick<ServiceTitanTransport, 'sleep'>,
  steps: {
    what: string;
    send: () => Promise<Reply>;
    find: () => Promise<{ reply: Reply } | undefined>;
    /** Whether not finding it proves that it was not done. */
    isExact: boolean;
    signal?: AbortSignal | undefined;
  },
): Promise<Reply> {
  let lost: IntegrationError | undefined;
  for (const delayMs of lookUpDelaysMs) {
    try {
      return await steps.send();
    } catch (error) {
      if (!(error instanceof IntegrationError) || !error.outcomeUnknown) throw error;
      lost = error;
    }
    await transport.sleep(delayMs, steps.signal);
    const found = steps.signal?.aborted ? undefined : await lookedUp(steps, lost);
    if (found) return found.reply;
    // These two are over; behind silence or a gateway's answer the write may still be in the making.
    const isOver = lost.status === 500 || lost.status === 503;
    if (!isOver || !steps.isExact || steps.signal?.aborted) break;
  }
  throw unconfirmed(steps.what, lost);
}

async function lookedUp<Reply>(
  { what, find }: { what: string; find: () => Promise<{ reply: Reply } | undefined> },
  lost: IntegrationError,
): Promise<{ reply: Reply } | undefined> {
  try {
    return await find();
  } catch (error) {
    // Whatever kept it from being looked up: nobody knows what became of the write.
    throw unconfirmed(what, lost, error);
  }
}

function unconfirmed(
  what: string,
  lost: IntegrationError | undefined,
  cause: unknown = lost,
): IntegrationError {
  return new IntegrationError(
    'unavailable',
    `ServiceTitan did not confirm ${what}, and its effect is not to be seen yet: look in ServiceTitan before trying again.`,
    { status: lost?.status, requestId: lost?.requestId, outcomeUnknown: true, cause },
  );
}
