import express, { type Request, type Response, Router } from 'express';
import type { Store } from '../Store.ts';
import { isSameSecret } from './authorize.ts';
import { tokenLifetimeSeconds, type Tokens } from './Tokens.ts';

type TokenAnswer = { readonly tenantId: number } | { readonly error: string };

function readCredentials(store: Store, request: Request): TokenAnswer {
  if (!request.is('application/x-www-form-urlencoded') || typeof request.body !== 'string') {
    return { error: 'invalid_request' };
  }
  const form = new URLSearchParams(request.body);
  const grantType = form.get('grant_type');
  if (grantType === null) return { error: 'invalid_request' };
  if (grantType !== 'client_credentials') return { error: 'unsupported_grant_type' };
  const tenant = store.tenants().find(({ info }) => info.clientId === form.get('client_id'));
  const isRight =
    tenant !== undefined && isSameSecret(form.get('client_secret') ?? '', tenant.info.clientSecret);
  return isRight ? { tenantId: tenant.info.id } : { error: 'invalid_client' };
}

/** POST /connect/token: form-encoded client credentials only. */
export function tokenEndpoint(store: Store, tokens: Tokens): Router {
  const router = Router();
  router.post(
    '/connect/token',
    express.text({ type: () => true }),
    (request: Request, response: Response) => {
      const answer = readCredentials(store, request);
      const tenant = 'tenantId' in answer ? store.tenant(answer.tenantId) : undefined;
      response.set('Cache-Control', 'no-store');
      if (!tenant) {
        response.status(400).json('error' in answer ? answer : { error: 'invalid_client' });
        return;
      }
      response.json({
        access_token: tokens.issue(tenant.info),
        expires_in: tokenLifetimeSeconds,
        token_type: 'Bearer',
        scope: tenant.info.scopes.join(' '),
      });
    },
  );
  return router;
}
