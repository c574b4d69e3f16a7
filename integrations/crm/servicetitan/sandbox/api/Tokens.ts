import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#integrations/clock.ts';
import type { SandboxTenant } from '../tenants.ts';

export const tokenLifetimeSeconds = 900;

const claims = z.object({ exp: z.number(), tenant: z.string(), client_id: z.string(), generation: z.int() });

export type TokenCheck = { readonly tenantId: number } | { readonly problem: 'invalid' | 'expired' };

/** Issues and checks access tokens. They are signed with the client's secret, so they outlive a restart of the sandbox. */
export class Tokens {
  readonly #clock: Clock;
  readonly #tenants: () => readonly SandboxTenant[];
  /** Raised to revoke all tokens that a tenant has. */
  readonly #generations = new Map<number, number>();

  constructor(clock: Clock, tenants: () => readonly SandboxTenant[]) {
    this.#clock = clock;
    this.#tenants = tenants;
  }

  issue(tenant: SandboxTenant): string {
    const issuedAt = Math.floor(this.#clock.now().getTime() / 1000);
    const payload = {
      iss: 'https://sandbox.invalid',
      nbf: issuedAt,
      iat: issuedAt,
      exp: issuedAt + tokenLifetimeSeconds,
      client_id: tenant.clientId,
      tenant: String(tenant.id),
      jti: randomUUID(),
      generation: this.#generations.get(tenant.id) ?? 0,
    };
    const signed = `${encode({ alg: 'HS256', typ: 'at+jwt' })}.${encode(payload)}`;
    return `${signed}.${sign(signed, tenant.clientSecret).toString('base64url')}`;
  }

  check(token: string): TokenCheck {
    const [header = '', payload = '', signature = ''] = token.split('.');
    const parsed = claims.safeParse(decode(payload));
    if (!parsed.success) return { problem: 'invalid' };
    const { tenant: tenantId, exp, client_id: clientId, generation } = parsed.data;
    const tenant = this.#tenants().find(({ id }) => String(id) === tenantId);
    if (tenant?.clientId !== clientId) return { problem: 'invalid' };
    const expected = sign(`${header}.${payload}`, tenant.clientSecret);
    const given = Buffer.from(signature, 'base64url');
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return { problem: 'invalid' };
    if (generation !== (this.#generations.get(tenant.id) ?? 0)) return { problem: 'invalid' };
    return exp * 1000 <= this.#clock.now().getTime() ? { problem: 'expired' } : { tenantId: tenant.id };
  }

  /** Makes every token of these tenants worthless; new ones can be asked for. */
  revoke(tenantIds: readonly number[]): void {
    for (const id of tenantIds) this.#generations.set(id, (this.#generations.get(id) ?? 0) + 1);
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
