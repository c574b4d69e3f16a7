import { createHash } from 'node:crypto';
import type { CallBudget } from '../../calls/RateBudget.ts';
import type { ServiceTitanConfig } from './ServiceTitanConfig.ts';

/**
 * ServiceTitan counts 60 requests in a second per app and tenant, as they arrive. What is kept back makes up for calls
 * that are under way for different lengths of time.
 */
const callsPerSecond = 55;

/** Who shares a token: the same client with the same secret, so that a wrong secret never profits from a right one. */
export function tokenKey({ authUrl, tenantId, clientId, clientSecret, appKey }: ServiceTitanConfig): string {
  return digest(['token', authUrl, tenantId, clientId, clientSecret, appKey]);
}

/** Who shares the rate limit: all calls of one app to one tenant. */
export function callBudget(config: ServiceTitanConfig): CallBudget {
  return { key: budgetKey(config), perSecond: callsPerSecond };
}

/** Who shares a turn that comes once in an interval, such as one report of one tenant. */
export function turnKey(config: ServiceTitanConfig, name: string): string {
  return `${budgetKey(config)}/${digest(['turn', name])}`;
}

function budgetKey({ apiUrl, tenantId, appKey }: ServiceTitanConfig): string {
  return digest(['budget', apiUrl, tenantId, appKey]);
}

/** Nothing secret can be read from a key: it is stored and logged. */
function digest(parts: readonly (string | number)[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
