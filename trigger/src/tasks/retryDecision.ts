import { AppError } from '#backend/errors.ts';
import { ConfigError } from '#backend/config.ts';
import { IntegrationError, type IntegrationErrorKind } from '#integrations/errors.ts';

type Decision = 'backOff' | 'whenTold' | 'stop';

/** What trying again can mend; the rest waits for a person, and the connection says for what. */
const decisions = {
  rate_limited: 'whenTold',
  unavailable: 'backOff',
  unexpected: 'backOff',
  auth: 'stop',
  forbidden: 'stop',
  invalid: 'stop',
  not_found: 'stop',
} as const satisfies Record<IntegrationErrorKind, Decision>;

/** What Trigger.dev's catchError takes; undefined leaves it to the task's own back-off. */
export type RetryDecision = { skipRetrying: true } | { retryDelayInMs: number } | undefined;

/** Whether and when a run that failed is tried again, by the kind of its error. */
export function decideTaskRetry(failure: {
  error: unknown;
  /** The back-off that is due; undefined when all attempts were made. */
  retryDelayInMs?: number | undefined;
}): RetryDecision {
  const { error, retryDelayInMs } = failure;
  if (error instanceof ConfigError) return { skipRetrying: true };
  if (error instanceof AppError && (error.code === 'not_found' || error.code === 'unavailable'))
    return { skipRetrying: true };
  if (!(error instanceof IntegrationError)) return undefined;
  const decision: Decision = decisions[error.kind];
  switch (decision) {
    case 'stop':
      return { skipRetrying: true };
    case 'whenTold':
      // Without a back-off that is due, an answer here would add attempts without end.
      return retryDelayInMs === undefined || error.retryAfterMs === undefined
        ? undefined
        : { retryDelayInMs: Math.max(error.retryAfterMs, 1000) };
    case 'backOff':
      return undefined;
  }
}
