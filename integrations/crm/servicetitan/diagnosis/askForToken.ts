import { tokenRefusal, tokenReply } from '../schemas/replies.ts';
import type { ServiceTitanConfig, ServiceTitanUrls } from '../ServiceTitanConfig.ts';
import { clockSkewOf } from './clockSkew.ts';
import type { Answer, DiagnosisCalls } from './DiagnosisCalls.ts';
import { findMisplaced } from './findMisplaced.ts';
import { findObstacle, said, type Finding } from './findings.ts';
import { grantedScopes, readTokenClaims, splitScopes } from './tokenClaims.ts';

export type Environments = Partial<Record<ServiceTitanConfig['environment'], ServiceTitanUrls>>;

export interface Token {
  value: string;
  /** The tenant that it says it is for; null where it does not say. */
  tenantId: string | null;
  scopes: readonly string[];
}

interface TokenFindings {
  token: Token | null;
  finding: Finding | null;
  clockSkewMs: number | null;
}

interface Deps {
  calls: DiagnosisCalls;
  config: ServiceTitanConfig;
  environments: Environments;
  now: () => Date;
}

/** Asks for a token, and where it is refused finds out why. */
export async function askForToken(deps: Deps): Promise<TokenFindings> {
  const { calls, config } = deps;
  const answer = await requestToken(calls, config, config.authUrl);
  const clockSkewMs = answer.type === 'json' ? clockSkewOf(answer.reply, answer) : null;
  const obstacle = findObstacle(answer, deps.now());
  if (obstacle || answer.type !== 'json') return { token: null, finding: obstacle, clockSkewMs };
  const token = readToken(answer);
  if (token) return { token, finding: null, clockSkewMs };
  return { token: null, finding: await explainRefusal(deps, answer), clockSkewMs };
}

async function requestToken(
  calls: DiagnosisCalls,
  { clientId, clientSecret }: ServiceTitanConfig,
  authUrl: string,
): Promise<Answer> {
  return await calls.call({
    isCounted: false,
    method: 'POST',
    url: `${authUrl}/connect/token`,
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
  });
}

function readToken(answer: Extract<Answer, { type: 'json' }>): Token | null {
  const parsed = tokenReply.safeParse(answer.value);
  if (answer.reply.status !== 200 || !parsed.success) return null;
  const value = parsed.data.access_token;
  const claims = readTokenClaims(value);
  const stated = grantedScopes.safeParse(answer.value).data?.scope ?? '';
  const scopes = stated === '' ? claims.scopes : splitScopes(stated);
  return { value, tenantId: claims.tenantId, scopes };
}

async function explainRefusal(deps: Deps, answer: Extract<Answer, { type: 'json' }>): Promise<Finding> {
  const { status } = answer.reply;
  const refusal = tokenRefusal.safeParse(answer.value).data?.error ?? '';
  if (['unauthorized_client', 'invalid_scope', 'access_denied'].includes(refusal)) {
    return { verdict: 'app_not_approved', details: [`The token was refused with ${refusal}.`] };
  }
  if (refusal !== 'invalid_client' && status !== 401) {
    return { verdict: 'unexpected', details: [`The request for a token was answered ${said(answer)}.`] };
  }
  const misplaced = findMisplaced(deps.config, ['clientId', 'clientSecret']);
  if (misplaced.length > 0) return { verdict: 'malformed_credentials', details: misplaced };
  return await tryOtherEnvironment(deps);
}

async function tryOtherEnvironment({ calls, config, environments }: Deps): Promise<Finding> {
  const others = Object.entries(environments).filter(
    ([name, { authUrl }]) => name !== config.environment && authUrl !== config.authUrl,
  );
  const isOneOfThem = environments[config.environment] !== undefined;
  for (const [name, { authUrl }] of isOneOfThem ? others : []) {
    const answer = await requestToken(calls, config, authUrl);
    if (answer.type !== 'json') continue;
    const refusal = tokenRefusal.safeParse(answer.value).data?.error;
    // A client that is known there but not approved is still a client of that environment.
    if (readToken(answer) !== null || refusal === 'unauthorized_client') {
      return {
        verdict: 'wrong_environment',
        details: [`The ${name} environment knows this client ID and secret.`],
      };
    }
  }
  return {
    verdict: 'wrong_client',
    details: ['The token was refused with invalid_client: the client ID or the client secret is wrong.'],
  };
}
