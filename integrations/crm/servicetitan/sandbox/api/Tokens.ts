import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#integrations/clock.ts';
import type { AppClient } from '../apps.ts';
import type { AppRegistry } from '../AppRegistry.ts';
import type { Switches } from '../switches/Switches.ts';

const claims = z.object({ exp: z.number(), tenant: z.string(), client_id: z.string(), generation: z.int() });

export type TokenCheck = { readonly client: AppClient } | { readonly problem: 'invalid' | 'expired' };

/** Issues and checks access tokens. They are signed with the client's secret, so they outlive a restart of the sandbox. */
export class Tokens {
  readonly #clock: Clock;
  readonly #apps: AppRegistry;
  readonly #switches: Switches;
  /** Raised to revoke all tokens that a tenant has. */
  readonly #generations = new Map<number, number>();

  constructor({ clock, apps, switches }: { clock: Clock; apps: AppRegistry; switches: Switches }) {
    this.#clock = clock;
    this.#apps = apps;
    this.#switches = switches;
  }

  /** A new token, and for how many seconds it holds. */
  issue({ grant }: AppClient): { token: string; expiresIn: number } {
    const expiresIn = this.#switches.valuesFor(grant.tenantId).tokenLifetimeSeconds;
    const issuedAt = Math.floor(this.#now(grant.tenantId) / 1000);
    const payload = {
      iss: 'https://sandbox.invalid',
      nbf: issuedAt,
      iat: issuedAt,
      exp: issuedAt + expiresIn,
      client_id: grant.clientId,
      tenant: String(grant.tenantId),
      jti: randomUUID(),
      scope: grant.scopes,
      generation: this.#generations.get(grant.tenantId) ?? 0,
    };
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode(payload)}`;
    const signature = sign(signed, grant.clientSecrets[0] ?? '').toString('base64url');
    return { token: `${signed}.${signature}`, expiresIn };
  }

  check(token: string): TokenCheck {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const parsed = claims.safeParse(decode(payload));
    if (!parsed.success) return { problem: 'invalid' };
    const { tenant, exp, client_id: clientId, generation } = parsed.data;
    const client = this.#apps.findClient(clientId);
    if (!client || String(client.grant.tenantId) !== tenant) return { problem: 'invalid' };
    const { tenantId, clientSecrets, environment } = client.grant;
    const given = Buffer.from(signature, 'base64url');
    const isSigned = clientSecrets.some((secret) => isSame(given, sign(`${header}.${payload}`, secret)));
    if (!isSigned || environment !== this.#switches.valuesFor(tenantId).environment)
      return { problem: 'invalid' };
    if (generation !== (this.#generations.get(tenantId) ?? 0)) return { problem: 'invalid' };
    return exp * 1000 <= this.#now(tenantId) ? { problem: 'expired' } : { client };
  }

  /** Makes every token of these tenants worthless; new ones can be asked for. */
  revoke(tenantIds: readonly number[]): void {
    for (const id of tenantIds) this.#generations.set(id, (this.#generations.get(id) ?? 0) + 1);
  }

  /** The server's own idea of the time, in milliseconds. */
  #now(tenantId: number): number {
    return this.#clock.now().getTime() + this.#switches.valuesFor(tenantId).clockSkewSeconds * 1000;
  }
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString());
  } catch {
    // Garbage in place of a token is an expected input: it is answered as an invalid token.
    return null;
  }
}

function sign(text: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(text).digest();
}

function isSame(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
