import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import { type ScopedResource, scopeFor } from '../scopes.ts';
import type { Store, StoredTenant } from '../Store.ts';
import { sandboxAppKey } from '../tenants.ts';
import { ApiError } from './ApiError.ts';
import type { Tokens } from './Tokens.ts';

/** Compares without telling by its time how much was right. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function unauthorized(title: string): ApiError {
  return new ApiError(401, title, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

function checkAppKey(request: Request): void {
  const query = new URL(request.originalUrl, 'http://localhost').searchParams;
  const key = request.get('ST-App-Key') ?? query.get('servicetitanapplicationkey');
  if (!key)
    throw unauthorized(
      "ServiceTitan Application Key is missing. Add the 'ST-App-Key' header to the request.",
    );
  if (!isSameSecret(key, sandboxAppKey)) {
    throw unauthorized(
      "ServiceTitan Application Key is invalid. Check the 'ST-App-Key' header of the request.",
    );
  }
}

/** The tenant of a request that may pass: app key first, then token, then the tenant in the path, then the scope. */
export function authorize(
  request: Request,
  { store, tokens, scope }: { store: Store; tokens: Tokens; scope: ScopedResource | null },
): StoredTenant {
  checkAppKey(request);
  const [scheme = '', token = ''] = (request.get('Authorization') ?? '').split(/\s+/);
  if (scheme.toLowerCase() !== 'bearer' || token === '') throw unauthorized('Access token is missing.');
  const check = tokens.check(token);
  if ('problem' in check) {
    throw unauthorized(
      check.problem === 'expired' ? 'Access token has expired.' : 'Access token is invalid.',
    );
  }
  const tenant = store.tenant(check.tenantId);
  const wanted = /\/tenant\/([^/]+)/.exec(request.path)?.[1];
  if (!tenant || (wanted !== undefined && wanted !== String(check.tenantId))) {
    throw new ApiError(403, 'The access token does not grant access to this tenant.');
  }
  if (scope !== null && !tenant.info.scopes.includes(scopeFor(scope, request.method))) {
    throw new ApiError(403, `The access token lacks the scope ${scopeFor(scope, request.method)}.`);
  }
  return tenant;
}
