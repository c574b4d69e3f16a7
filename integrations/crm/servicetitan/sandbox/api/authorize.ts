import { createHash, timingSafeEqual } from 'node:crypto';
import type { Request } from 'express';
import type { AppClient, SandboxApp } from '../apps.ts';
import type { AppRegistry } from '../AppRegistry.ts';
import { type ScopedResource, scopeFor } from '../scopes.ts';
import type { Store, StoredTenant } from '../Store.ts';
import type { Switches } from '../switches/Switches.ts';
import { ApiError } from './ApiError.ts';
import { requestQuery } from './requestQuery.ts';
import type { Tokens } from './Tokens.ts';

export interface Admission {
  readonly tenant: StoredTenant;
  readonly client: AppClient;
}

/** Compares without telling by its time how much was right. */
export function isSameSecret(left: string, right: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}

function unauthorized(title: string): ApiError {
  return new ApiError(401, title, { headers: { 'WWW-Authenticate': 'Bearer' } });
}

const invalidKey = "ServiceTitan Application Key is invalid. Check the 'ST-App-Key' header of the request.";

function requireApp(request: Request, apps: AppRegistry): SandboxApp {
  const key = request.get('ST-App-Key') ?? requestQuery(request).get('servicetitanapplicationkey');
  if (!key)
    throw unauthorized(
      "ServiceTitan Application Key is missing. Add the 'ST-App-Key' header to the request.",
    );
  const app = apps.list().find((candidate) => isSameSecret(key, candidate.appKey));
  if (!app) throw unauthorized(invalidKey);
  return app;
}

/** Who a request that may pass comes from: app key first, then token, then the tenant in the path, then the scope. */
export function authorize(
  request: Request,
  parts: {
    store: Store;
    apps: AppRegistry;
    switches: Switches;
    tokens: Tokens;
    scope: ScopedResource | null;
  },
): Admission {
  const app = requireApp(request, parts.apps);
  const [scheme = '', token = ''] = (request.get('Authorization') ?? '').split(/\s+/);
  if (scheme.toLowerCase() !== 'bearer' || token === '') throw unauthorized('Access token is missing.');
  const check = parts.tokens.check(token);
  if ('problem' in check) {
    throw unauthorized(
      check.problem === 'expired' ? 'Access token has expired.' : 'Access token is invalid.',
    );
  }
  const { client } = check;
  if (client.app.name !== app.name) throw unauthorized(invalidKey);
  const { tenantId, approved, scopes } = client.grant;
  const tenant = parts.store.tenant(tenantId);
  const wanted = /\/tenant\/([^/]+)/.exec(request.path)?.[1];
  if (!tenant || (wanted !== undefined && wanted !== String(tenantId))) {
    throw parts.switches.valuesFor(tenantId).otherTenant === '404'
      ? new ApiError(404, `Tenant ${wanted} was not found.`)
      : new ApiError(403, 'The access token does not grant access to this tenant.');
  }
  if (!approved) throw new ApiError(403, 'The tenant has not approved this application.');
  if (parts.scope !== null && !scopes.includes(scopeFor(parts.scope, request.method))) {
    throw new ApiError(403, `The access token lacks the scope ${scopeFor(parts.scope, request.method)}.`);
  }
  return { tenant, client };
}
