import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '#backend/clock.ts';
import { readConfig } from '#backend/config.ts';
import { createContext, type Context } from '#backend/context.ts';
import { startMailCatcher, type MailCatcher } from '#backend/embedded/MailCatcher.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { startRealPostgres, type RealPostgres, type RealPostgresOptions } from './realPostgres.ts';

const ownerEmail = 'owner@company.example';

/** An installation in production: real PostgreSQL behind Supabase's API, the sandbox as ServiceTitan, an SMTP server. */
export interface ProductionStack {
  /** What the environment of its processes says. */
  env: Record<string, string>;
  /** A context as the web server has one. */
  context: Context;
  postgres: RealPostgres;
  sandbox: Sandbox;
  mail: MailCatcher;
  workspaceId: string;
  /** The ids of its connections, by name. */
  connections: Map<string, string>;
  close(): Promise<void>;
}

export async function startProductionStack(
  options: {
    customers?: number;
    seed?: number;
    env?: Record<string, string>;
    postgres?: RealPostgresOptions;
  } = {},
): Promise<ProductionStack> {
  const folder = await mkdtemp(join(tmpdir(), 'chou-mail-'));
  const [postgres, sandbox, mail] = await Promise.all([
    startRealPostgres(options.postgres),
    startSandbox({
      port: 0,
      seed: options.seed ?? 1,
      customers: options.customers ?? 0,
      requestsPerSecond: 10_000,
    }),
    startMailCatcher({ folder, clock: systemClock }),
  ]);
  const env = {
    CHOU_APP_URL: 'https://chou.company.example',
    CHOU_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
    CHOU_OWNER_EMAIL: ownerEmail,
    LOG_LEVEL: 'fatal',
    SERVICETITAN_AUTH_URL: sandbox.url,
    SERVICETITAN_API_URL: sandbox.url,
    SMTP_URL: mail.url,
    SUPABASE_URL: postgres.supabaseUrl,
    SUPABASE_ANON_KEY: postgres.publishableKey,
    SUPABASE_SERVICE_ROLE_KEY: postgres.secretKey,
    ...options.env,
  };
  const context = await createContext(readConfig(env));
  await context.sessions.requestLink(ownerEmail, 'https://chou.company.example/sign-in');
  const { identity } = await context.sessions.verify(postgres.takeSignInToken(ownerEmail));
  await postgres.sql(`update public.workspaces set postal_address = '1 Example Road, Springfield'`);
  const connections = new Map<string, string>();
  for (const { id: tenantId, name, timeZone, clientId, clientSecret, appKey } of sandbox.tenants()) {
    const connection = await context.connections.connect(
      identity.workspaceId,
      { name, environment: 'sandbox', timeZone, tenantId, clientId, clientSecret, appKey },
      ownerEmail,
    );
    connections.set(name, connection.id);
  }
  return {
    env,
    context,
    postgres,
    sandbox,
    mail,
    workspaceId: identity.workspaceId,
    connections,
    close: async () => {
      await context.close();
      await Promise.all([postgres.close(), sandbox.close(), mail.close()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
