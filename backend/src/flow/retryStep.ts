import { IntegrationError, type IntegrationErrorKind } from '#integrations/errors.ts';

const minutes = [1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60] as const;

/** How a failed try of an action goes on. auth: an administrator may reconnect meanwhile. */
const retried = {
  auth: true,
  rate_limited: true,
  unavailable: true,
  unexpected: true,
  not_found: false,
  invalid: false,
  forbidden: false,
} as const satisfies Record<IntegrationErrorKind, boolean>;

export type RetryDecision = { type: 'retry'; afterMs: number } | { type: 'stop' };

/** Whether a step that failed for the `attempts`th time is tried again, and after how long. */
export function decideRetry(error: unknown, attempts: number): RetryDecision {
  if (error instanceof IntegrationError && (!retried[error.kind] || error.outcomeUnknown))
    return { type: 'stop' };
  const pause = minutes[attempts - 1];
  if (pause === undefined) return { type: 'stop' };
  const asked = error instanceof IntegrationError ? (error.retryAfterMs ?? 0) : 0;
  return { type: 'retry', afterMs: Math.max(pause * 60_000, asked) };
}
