export type IntegrationErrorKind =
  'auth' | 'rate_limited' | 'not_found' | 'invalid' | 'forbidden' | 'unavailable' | 'unexpected';

export interface IntegrationErrorDetails {
  status?: number | undefined;
  /** The vendor's own id of the failed request, for its support desk. */
  requestId?: string | undefined;
  retryAfterMs?: number | undefined;
  /** True when a write may have been done although no answer proves it: repeating it could do it twice. */
  outcomeUnknown?: boolean | undefined;
  /** True when the place from which a feed was to be read is of no use: reading must begin elsewhere. */
  isPlaceRefused?: boolean | undefined;
  cause?: unknown;
}

/** A call to an integrated product that failed. The message names the remedy and holds no secret or personal data. */
export class IntegrationError extends Error {
  readonly kind: IntegrationErrorKind;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly outcomeUnknown: boolean;
  readonly isPlaceRefused: boolean;

  constructor(kind: IntegrationErrorKind, message: string, details: IntegrationErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'IntegrationError';
    this.kind = kind;
    this.status = details.status;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.outcomeUnknown = details.outcomeUnknown ?? false;
    this.isPlaceRefused = details.isPlaceRefused ?? false;
  }
}
