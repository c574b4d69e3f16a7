import { z } from 'zod';
import type { IntegrationErrorKind } from './errors.ts';

const verdict = z.enum([
  'working',
  'limited',
  'clock_skew',
  'missing_scope',
  'no_access',
  'wrong_client',
  'malformed_credentials',
  'wrong_environment',
  'app_not_approved',
  'wrong_app_key',
  'wrong_tenant',
  'token_refused',
  'throttled',
  'unreachable',
  'intercepted',
  'outage',
  'unexpected',
]);
/** What a connection comes to; everything that can be wrong with one is told apart. */
export type Verdict = z.infer<typeof verdict>;

const access = z.enum(['granted', 'missing', 'unknown']);
export type Access = z.infer<typeof access>;

const scopeFinding = z.object({
  /** What is read or written, in words. */
  resource: z.string(),
  /** The vendor's name of the permission, without what tells reading from writing. */
  scope: z.string(),
  read: access,
  write: access,
  /** Which of the two the product uses at all. */
  needs: z.array(z.enum(['read', 'write'])),
  /** Without reading it the connection cannot be used. */
  essential: z.boolean(),
  neededFor: z.array(z.string()),
  /** What is switched off because something is missing. */
  off: z.array(z.string()),
});
export type ScopeFinding = z.infer<typeof scopeFinding>;

/** Why a connection works or does not. Holds no secret and no personal data. */
export const connectionDiagnosis = z.object({
  verdict,
  headline: z.string(),
  remedy: z.string(),
  details: z.array(z.string()),
  scopes: z.array(scopeFinding),
  checkedAt: z.string(),
  /** How far the vendor's clock is ahead of ours; null where it did not tell. */
  clockSkewMs: z.number().nullable(),
  /** When a throttled check can be tried again. */
  retryAt: z.string().nullable(),
  /** The vendor's ids of the requests that it refused, for its support desk. */
  requestIds: z.array(z.string()),
});
export type ConnectionDiagnosis = z.infer<typeof connectionDiagnosis>;

/** The kind of error that a verdict stands for; null where the connection can be used. */
export const verdictKinds = {
  working: null,
  limited: null,
  clock_skew: null,
  missing_scope: 'forbidden',
  no_access: 'forbidden',
  wrong_client: 'auth',
  malformed_credentials: 'auth',
  wrong_environment: 'auth',
  app_not_approved: 'auth',
  wrong_app_key: 'auth',
  wrong_tenant: 'forbidden',
  token_refused: 'auth',
  throttled: 'rate_limited',
  unreachable: 'unavailable',
  intercepted: 'unexpected',
  outage: 'unavailable',
  unexpected: 'unexpected',
} as const satisfies Record<Verdict, IntegrationErrorKind | null>;
