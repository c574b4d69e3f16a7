import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { App } from '@supabase/lite';
import { createPgliteConnection } from '@supabase/lite/pglite';
import { applyMigrations } from '../migrations.ts';
import { oneAtATime } from '../oneAtATime.ts';
import type { EmbeddedSecrets } from './embeddedSecrets.ts';
import { gatherSettings } from './gatherSettings.ts';

/** Supabase Lite on PGlite, in this process: the same supabase-js calls, migrations and policies as a Supabase project. */
export interface EmbeddedDatabase {
  /** Hand this to supabase-js as its `fetch`; the URL it is given does not matter. */
  fetch: typeof fetch;
  url: string;
  publishableKey: string;
  secretKey: string;
  /** Runs SQL as the schema's owner: for tests and tools, never for the product. */
  sql<Row>(text: string, ...parameters: unknown[]): Promise<Row[]>;
  /** The e-mail with the one-time code that Supabase auth last sent to an address. */
  takeSignInToken(email: string): string | undefined;
  close(): Promise<void>;
}

// What every Supabase project has and a bare PostgreSQL has not.
const rolesSql = `do $$ begin
  if not exists (select 1 from pg_roles where rolname = 'anon') then create role anon nologin noinherit; end if;
  if not exists (select 1 from pg_roles where rolname = 'authenticated') then create role authenticated nologin noinherit; end if;
  if not exists (select 1 from pg_roles where rolname = 'service_role') then create role service_role nologin noinherit bypassrls; end if;
end $$`;

/* oxlint-disable no-console -- Supabase Lite prints there, and knows no other way. */
const insideLite = new AsyncLocalStorage<true>();
const printError = console.error;
// Supabase Lite prints the errors of the database with the statement's parameters: names and e-mail addresses, for which
// a log is no place.
console.error = (...parts: unknown[]) => {
  if (insideLite.getStore()) printError(`The embedded database: ${parts.map(nameError).join('')}`);
  else printError(...parts);
};
/* oxlint-enable no-console */

/** What an error is, without its message, which may quote values. */
function nameError(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const code = 'code' in error && typeof error.code === 'string' ? ` ${error.code}` : '';
  return `${error.name}${code}`;
}

/** Opens (and where needed makes) the embedded database; `folder` null keeps it in memory. */
export async function openEmbeddedDatabase(
  folder: string | null,
  secrets: EmbeddedSecrets,
): Promise<EmbeddedDatabase> {
  if (folder) await mkdir(folder, { recursive: true });
  const connection = await createPgliteConnection(folder ? { url: join(folder, 'database') } : {});
  gatherSettings(connection.driver);
  await connection.exec(rolesSql);
  await applyMigrations({
    run: async (sql) => {
      await connection.driver.exec(sql);
    },
    column: async (sql) =>
      (await connection.driver.query<{ version: string }>(sql)).rows.map((row) => row.version),
  });
  const signInTokens = new Map<string, string>();
  const app = new App({
    connection,
    auth: {
      enabled: true,
      publishable_key: secrets.publishableKey,
      secret_key: secrets.secretKey,
      jwt_secret: secrets.jwtSecret,
      site_url: 'http://embedded.invalid',
    },
    options: {
      server: { disableStudio: true },
      drivers: {
        email: {
          send: async (message: { to: string; text?: string }) => {
            const token = /[?&]token=([0-9a-f]+)/.exec(message.text ?? '')?.[1];
            if (token) signInTokens.set(message.to, token);
          },
        },
      },
    },
  });
  await app.ensureSystemSchema();
  // PGlite has one connection, and Supabase Lite opens a transaction on it for each request without keeping others out:
  // two at once would share one transaction, and the failure of one would undo the other.
  const exclusive = oneAtATime();
  return {
    fetch: (input, init) =>
      exclusive(() => insideLite.run(true, async () => app.fetch(new Request(input, init)))),
    url: 'http://embedded.invalid',
    publishableKey: secrets.publishableKey,
    secretKey: secrets.secretKey,
    sql: async <Row>(text: string, ...parameters: unknown[]) =>
      (await exclusive(() => connection.driver.query<Row>(text, parameters))).rows,
    takeSignInToken: (email) => {
      const token = signInTokens.get(email);
      signInTokens.delete(email);
      return token;
    },
    close: () => exclusive(() => connection.close()),
  };
}
