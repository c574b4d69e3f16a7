import type { Clock } from '../../clock.ts';
import { IntegrationError } from '../../errors.ts';
import { callHttp, parseJson } from '../../http.ts';
import { tokenFailureOf } from './failures.ts';
import { tokenReply } from './schemas/replies.ts';
import type { ServiceTitanConfig } from './ServiceTitanConfig.ts';
import type { FreshToken } from '../../calls/TokenCache.ts';

/** Asks once for a token. Credentials travel in the form only: addresses end up in logs. */
export async function requestToken(
  config: ServiceTitanConfig,
  { clock, timeoutMs }: { clock: Clock; timeoutMs: number },
): Promise<FreshToken> {
  const { authUrl, clientId, clientSecret, tenantId } = config;
  const reply = await callHttp({
    service: 'ServiceTitan',
    method: 'POST',
    url: `${authUrl}/connect/token`,
    headers: { Accept: 'application/json', 'Content-Type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
    repeatable: true,
    timeoutMs,
    maxBytes: 1024 * 1024,
  });
  if (reply.status !== 200) throw tokenFailureOf(reply, { tenantId, now: clock.now() });
  const parsed = tokenReply.safeParse(parseJson(reply.text));
  if (!parsed.success) {
    // The answer may hold a token, so none of it is repeated.
    throw new IntegrationError(
      'unexpected',
      'ServiceTitan answered the request for a token without one: check the address of the environment.',
      { status: reply.status },
    );
  }
  return { value: parsed.data.access_token, lifetimeMs: parsed.data.expires_in * 1000 };
}
