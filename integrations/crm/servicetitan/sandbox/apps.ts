import { z } from 'zod';
import { sandboxAppKey, type SandboxTenant } from './tenants.ts';

const environment = z.enum(['production', 'integration']);

const savedGrant = z.object({
  tenantId: z.int(),
  clientId: z.string(),
  /** One, or two while a secret is being replaced. */
  clientSecrets: z.array(z.string()),
  scopes: z.array(z.string()),
  /** Scopes that wait for the tenant to approve the app's newest version. */
  requestedScopes: z.array(z.string()).nullable(),
  approved: z.boolean(),
  bookingProviderIds: z.array(z.int()),
  environment,
});

/** An app as it is kept. */
export const savedApp = z.object({
  name: z.string(),
  appKey: z.string(),
  applicationGuid: z.string(),
  grants: z.array(savedGrant),
});

/** What one app may do in one tenant, and how it proves that it is this app. */
export type AppGrant = z.infer<typeof savedGrant>;
export type SandboxApp = z.infer<typeof savedApp>;

export interface AppClient {
  readonly app: SandboxApp;
  readonly grant: AppGrant;
}

/** The app that every tenant has; its credentials are the tenant's own. */
export const defaultAppName = 'sandbox';
const defaultApplicationGuid = '5a4db0c5-0000-4000-8000-000000000001';

export function defaultApp(tenants: readonly SandboxTenant[]): SandboxApp {
  return {
    name: defaultAppName,
    appKey: sandboxAppKey,
    applicationGuid: defaultApplicationGuid,
    grants: tenants.map((tenant) => ({
      tenantId: tenant.id,
      clientId: tenant.clientId,
      clientSecrets: [tenant.clientSecret],
      scopes: [...tenant.scopes],
      requestedScopes: null,
      approved: true,
      bookingProviderIds: [tenant.bookingProviderId],
      environment: 'production',
    })),
  };
}

const text = z.string().min(1);

export const appInput = z.strictObject({
  appKey: text.optional(),
  applicationGuid: z.guid().optional(),
  tenants: z
    .array(
      z.strictObject({
        tenant: z.union([text, z.int()], { error: "must be a tenant's id or name" }),
        clientId: text.optional(),
        clientSecret: text.optional(),
        /** Two while a secret is being replaced: both are taken. */
        clientSecrets: z.array(text).min(1).max(2).optional(),
        scopes: z.array(text).optional(),
        approved: z.boolean().optional(),
        bookingProviders: z.array(z.int().positive()).optional(),
        environment: environment.optional(),
      }),
    )
    .default([]),
});

export type GrantInput = z.output<typeof appInput>['tenants'][number];

/**
 * A grant after it was asked for again. Other scopes count from the tenant's approval on: without `approved` in the
 * same request the old ones stay, and the new ones wait.
 */
export function changeGrant(known: AppGrant | undefined, input: GrantInput, initial: AppGrant): AppGrant {
  const before = known ?? initial;
  const isApproval = input.approved === true || known === undefined;
  const wanted = input.scopes ?? before.requestedScopes ?? before.scopes;
  const isSame = wanted.length === before.scopes.length && wanted.every((one) => before.scopes.includes(one));
  const single = input.clientSecret === undefined ? undefined : [input.clientSecret];
  return {
    ...before,
    clientId: input.clientId ?? before.clientId,
    clientSecrets: input.clientSecrets ?? single ?? before.clientSecrets,
    scopes: isApproval ? wanted : before.scopes,
    requestedScopes: isApproval || isSame ? null : wanted,
    approved: input.approved ?? before.approved,
    bookingProviderIds: input.bookingProviders ?? before.bookingProviderIds,
    environment: input.environment ?? before.environment,
  };
}
