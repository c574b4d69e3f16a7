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
    signal?: AbortSignal | undefined;
  },
): Promise<Reply> {
  for (const delayMs of lookUpDelaysMs) {
    try {
      return await steps.send();
    } catch (error) {
      if (!(error instanceof IntegrationError) || !error.outcomeUnknown) throw error;
      await transport.sleep(delayMs, steps.signal);
      const found = await steps.find();
      if (found) return found.reply;
      // These two are over; behind silence or a gateway's answer the write may still be in the making.
      if (error.status !== 500 && error.status !== 503) throw unconfirmed(steps.what, error);
    }
  }
  throw unconfirmed(steps.what, undefined);
}

function unconfirmed(what: string, error: IntegrationError | undefined): IntegrationError {
  return new IntegrationError(
    'unavailable',
    `ServiceTitan did not confirm ${what}, and its effect is not to be seen yet: look in ServiceTitan before trying again.`,
    { status: error?.status, requestId: error?.requestId, outcomeUnknown: true, cause: error },
  );
}
