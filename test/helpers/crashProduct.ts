import { installFlows } from '#backend/repositories/flowRepository.ts';
import type { Config } from '#backend/config.ts';
import { createContext } from '#backend/context.ts';
import type { SandboxTenant } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { crashFlows } from './crashFlows.ts';
import { CountingInbox } from './crashInbox.ts';
import { startRealPostgres, type RealPostgres } from './realPostgres.ts';

const ownerEmail = 'owner@company.example';
const appUrl = 'https://chou.company.example';
/** Workers die here, the server does not. */
const settings = { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' };

/** An installation of the product with a database and a mail server of its own, that no process works on yet. */
export interface CrashProduct {
  config: Extract<Config, { mode: 'production' }>;
  postgres: RealPostgres;
  inbox: CountingInbox;
  /** Functions of the database that write nothing. */
  readingFunctions: string[];
  /** For the dead who asked for a token: that counts half a minute of the database's own time, which nobody can move. */
  forgetTokenRequests(): Promise<void>;
  close(): Promise<void>;
}

/** Connects every tenant of a sandbox at a moment, with one small flow for each state. */
export async function openCrashProduct(options: {
  sandboxUrl: string;
  tenants: readonly SandboxTenant[];
  now: Date;
}): Promise<CrashProduct> {
  const { sandboxUrl, tenants, now } = options;
  const [postgres, inbox] = await Promise.all([startRealPostgres({ settings }), CountingInbox.open()]);
  const config = {
    mode: 'production',
    serviceTitanTimeoutMs: 60_000,
    port: 0,
    host: '127.0.0.1',
    appUrl,
    logLevel: 'silent',
    sandboxUrls: { authUrl: sandboxUrl, apiUrl: sandboxUrl },
    smtpUrl: inbox.url,
    encryptionKey: Buffer.alloc(32, 7).toString('base64'),
    ownerEmail,
    supabaseUrl: postgres.supabaseUrl,
    supabaseAnonKey: postgres.publishableKey,
    supabaseServiceRoleKey: postgres.secretKey,
    triggerDev: false,
  } as const;
  const context = await createContext(config, undefined, { clock: { now: () => now } });
  try {
    await context.sessions.requestLink(ownerEmail, `${appUrl}/sign-in`);
    const { identity } = await context.sessions.verify(postgres.takeSignInToken(ownerEmail));
    const { workspaceId } = identity;
    await postgres.sql(`update public.workspaces set postal_address = '1 Example Road, Springfield'`);
    await postgres.sql(`update public.flows set status = 'archived'`);
    await installFlows(context.database, { workspaceId, flows: crashFlows, author: ownerEmail, now });
    for (const { name, timeZone, id: tenantId, clientId, clientSecret, appKey } of tenants) {
      const credentials = { tenantId, clientId, clientSecret, appKey };
      const request = { name, environment: 'sandbox', timeZone, ...credentials } as const;
      await context.connections.connect(workspaceId, request, ownerEmail);
    }
  } finally {
    await context.close();
  }
  const reading = await postgres.sql<{ name: string }>(
    `select proname as name from pg_proc where pronamespace = 'public'::regnamespace and provolatile <> 'v'`,
  );
  return {
    config,
    postgres,
    inbox,
    readingFunctions: reading.map(({ name }) => name),
    forgetTokenRequests: async () => {
      await postgres.sql(
        'update public.service_titan_tokens set leased_until = clock_timestamp() where leased_until is not null',
      );
    },
    close: async () => {
      await Promise.all([postgres.close(), inbox.close()]);
    },
  };
}
