import { z } from 'zod';
import { parseJson } from '../../../http.ts';

const claims = z.object({
  tenant: z.coerce
    .string()
    .regex(/^\d{1,20}$/)
    .optional()
    .catch(undefined),
  scope: z
    .union([z.array(z.string()), z.string().transform(splitScopes)])
    .optional()
    .catch(undefined),
});

/** The scopes as the answer to a token request states them, beside the token. */
export const grantedScopes = z.object({ scope: z.string().optional().catch(undefined) });

interface TokenClaims {
  tenantId: string | null;
  scopes: readonly string[];
}

/** What an access token says of itself: hints for a person, proof of nothing. */
export function readTokenClaims(token: string): TokenClaims {
  const payload = token.split('.')[1] ?? '';
  const { data } = claims.safeParse(parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  return { tenantId: data?.tenant ?? null, scopes: data?.scope ?? [] };
}

/** The scopes of a space-separated list. */
export function splitScopes(text: string): string[] {
  return text.split(/\s+/).filter((scope) => scope !== '');
}
