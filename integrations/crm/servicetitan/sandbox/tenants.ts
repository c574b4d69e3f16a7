import { allScopes } from './scopes.ts';

export interface SandboxTenant {
  readonly id: number;
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly appKey: string;
  readonly bookingProviderId: number;
  readonly timeZone: string;
  readonly scopes: readonly string[];
}

export const sandboxAppKey = 'ak1.sandbox';

export interface TenantInput {
  readonly id: number;
  readonly name: string;
  readonly timeZone?: string | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
}

/** A tenant with the sandbox's usual credentials, which follow from its name, where none are given. */
export function describeTenant(input: TenantInput): SandboxTenant {
  const letters = input.name.toLowerCase().match(/[a-z0-9]+/g);
  const slug = letters ? letters.join('-') : String(input.id);
  return {
    id: input.id,
    name: input.name,
    clientId: input.clientId ?? `cid.sandbox-${slug}`,
    clientSecret: input.clientSecret ?? `cs1.sandbox-${slug}`,
    appKey: sandboxAppKey,
    bookingProviderId: 1,
    timeZone: input.timeZone ?? 'America/Los_Angeles',
    scopes: input.scopes ?? allScopes,
  };
}

/** The tenants that every sandbox starts with, and their credentials. */
export const sandboxTenants: readonly [SandboxTenant, SandboxTenant] = [
  describeTenant({ id: 410_387_862, name: 'SOCAL', timeZone: 'America/Los_Angeles' }),
  describeTenant({ id: 1_116_148_646, name: 'DFW', timeZone: 'America/Chicago' }),
];
