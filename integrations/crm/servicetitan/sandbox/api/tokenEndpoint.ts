import express, { type Request, type Response, Router } from 'express';
import type { AppClient } from '../apps.ts';
import type { AppRegistry } from '../AppRegistry.ts';
import type { MovableClock } from '../MovableClock.ts';
import type { Switches } from '../switches/Switches.ts';
import { isSameSecret } from './authorize.ts';
import type { RateLimiter } from './RateLimiter.ts';
import { retryAfter } from './retryAfter.ts';
import type { Tokens } from './Tokens.ts';

export interface TokenParts {
  readonly apps: AppRegistry;
  readonly switches: Switches;
  readonly tokens: Tokens;
  readonly clock: MovableClock;
  /** Per client and minute. */
  readonly tokenLimiter: RateLimiter;
}

type TokenAnswer = { readonly client: AppClient } | { readonly error: string };

/** The name and password of HTTP Basic, where they are sent. */
function basicCredentials(request: Request): { id: string; secret: string } | null {
  const [scheme = '', encoded = ''] = (request.get('Authorization') ?? '').split(/\s+/);
  if (scheme.toLowerCase() !== 'basic') return null;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  return { id, secret: secret.join(':') };
}

function readClient({ apps, switches }: TokenParts, request: Request): TokenAnswer {
  if (!request.is('application/x-www-form-urlencoded') || typeof request.body !== 'string') {
    return { error: 'invalid_request' };
  }
  const form = new URLSearchParams(request.body);
  const grantType = form.get('grant_type');
  if (grantType === null) return { error: 'invalid_request' };
  if (grantType !== 'client_credentials') return { error: 'unsupported_grant_type' };

  const basic = form.has('client_id') ? null : basicCredentials(request);
  const client = apps.findClient(basic?.id ?? form.get('client_id') ?? '');
  const secret = basic?.secret ?? form.get('client_secret') ?? '';
  if (!client?.grant.clientSecrets.some((known) => isSameSecret(secret, known))) {
    return { error: 'invalid_client' };
  }
  const { basicAuth, environment, unapprovedApp } = switches.valuesFor(client.grant.tenantId);
  if (client.grant.environment !== environment) return { error: 'invalid_client' };
  if (basic && basicAuth === 'refused') return { error: 'invalid_client' };
  if (!client.grant.approved && unapprovedApp === 'token') return { error: 'unauthorized_client' };
  return { client };
}

/** POST /connect/token: form-encoded client credentials only. */
export function tokenEndpoint(parts: TokenParts): Router {
  const router = Router();
  router.post(
    '/connect/token',
    express.text({ type: () => true }),
    (request: Request, response: Response) => {
      response.set('Cache-Control', 'no-store');
      const answer = readClient(parts, request);
      if ('error' in answer) {
        response.status(400).json(answer);
        return;
      }
      const { grant } = answer.client;
      const values = parts.switches.valuesFor(grant.tenantId);
      const most = values.tokenRequestsPerMinute || Number.POSITIVE_INFINITY;
      if (!parts.tokenLimiter.admits(grant.clientId, most)) {
        response.status(429).set(retryAfter(values, parts.clock.now(), 60));
        response.json({ error: 'temporarily_unavailable', error_description: 'Too Many Requests' });
        return;
      }
      const { token, expiresIn } = parts.tokens.issue(answer.client);
      const scope = grant.scopes.join(' ');
      response.json({ access_token: token, expires_in: expiresIn, token_type: 'Bearer', scope });
    },
  );
  return router;
}
