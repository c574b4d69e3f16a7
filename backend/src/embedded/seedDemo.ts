import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { ConfigError } from '../config.ts';
import type { Context } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Identity } from '../services/SessionService.ts';
import type { EmbeddedStack } from './EmbeddedStack.ts';

/** Makes what an embedded installation starts with, as far as it is missing: owner, workspace, flows, both tenants. */
export async function seedDemo(context: Context, embedded: EmbeddedStack): Promise<Identity> {
  const { sessions, flows, clock } = context;
  const { identity } = await sessions.verify(await signInToken(context, embedded));
  await flows.installLifecycleFlows(identity.workspaceId, clock.now());
  await sessions.registerToken(identity, 'This installation', embedded.secrets.apiToken);
  const connected = new Set(
    (await context.overview.connections(identity.workspaceId)).map(({ tenantId }) => tenantId),
  );
  for (const tenant of sandboxTenants.filter(({ id }) => !connected.has(id))) {
    await connectTenant(context, embedded, { tenant, identity });
  }
  return identity;
}

/** A link that signs the owner in, once. */
export async function signInLink(context: Context, embedded: EmbeddedStack): Promise<string> {
  return `${context.appUrl()}/sign-in?token=${await signInToken(context, embedded)}`;
}

async function signInToken(context: Context, embedded: EmbeddedStack): Promise<string> {
  const { ownerEmail } = context.config;
  await context.sessions.requestLink(ownerEmail, `${context.appUrl()}/sign-in`);
  const token = embedded.database.takeSignInToken(ownerEmail);
  if (token === undefined) throw new AppError('internal', 'The embedded sign-in made no link.');
  return token;
}

async function connectTenant(
  { connections }: Context,
  embedded: EmbeddedStack,
  { tenant, identity }: { tenant: (typeof sandboxTenants)[number]; identity: Identity },
): Promise<void> {
  const request = {
    name: tenant.name,
    environment: 'sandbox',
    timeZone: tenant.timeZone,
    tenantId: tenant.id,
    clientId: tenant.clientId,
    clientSecret: tenant.clientSecret,
    appKey: tenant.appKey,
    bookingProviderId: tenant.bookingProviderId,
  } as const;
  try {
    const { jobTypes } = await connections.test(identity.workspaceId, request);
    const classification = jobTypes.map(({ id, suggestion }) => ({ jobTypeId: id, kind: suggestion }));
    await connections.connect(identity.workspaceId, { ...request, classification }, identity.email);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new ConfigError(
      `SERVICETITAN_API_URL ${embedded.sandboxUrls.apiUrl}: the sandbox tenant ${tenant.name} could not be connected. ${error.message}`,
    );
  }
}
