import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { z } from 'zod';
import type { Config } from '#backend/config.ts';
import { BenchProcess } from './BenchProcess.ts';
import { openPgliteFloor, openPostgresFloor, type FloorStore } from './FloorStore.ts';

export const engines = ['pglite', 'postgres'] as const;
export type Engine = (typeof engines)[number];

const polled = z.object({ records: z.number(), rows: z.number(), transitions: z.number() });
const rows = z.array(z.record(z.string(), z.unknown()));

function measuredOf<Result>(result: z.ZodType<Result>) {
  return z.object({
    result,
    ms: z.number(),
    cpuSeconds: z.number(),
    peakMb: z.number(),
    calls: z.number(),
    byName: z.record(z.string(), z.object({ calls: z.number(), ms: z.number() })),
  });
}

interface Storage {
  config: Config;
  /** Asks the database beside the product; null where only the product's process can. */
  sql: ((text: string) => Promise<unknown>) | null;
  openFloor(): Promise<FloorStore>;
  close(): Promise<void>;
}

/** The product in a process of its own, on either engine. On PostgreSQL the REST layer has a process of its own, too. */
export class Product {
  readonly openFloor: () => Promise<FloorStore>;
  readonly #url: string;
  readonly #worker: BenchProcess;
  readonly #storage: Storage;
  readonly #profileDir: string | null;

  private constructor(
    url: string,
    parts: { worker: BenchProcess; storage: Storage; profileDir: string | null },
  ) {
    const { worker, storage, profileDir } = parts;
    this.#url = url;
    this.#worker = worker;
    this.#storage = storage;
    this.#profileDir = profileDir;
    this.openFloor = () => storage.openFloor();
  }

  static async open(options: {
    engine: Engine;
    sandboxUrl: string;
    smtpUrl: string;
    /** Where a CPU profile of the worker and the statements' times are written. */
    profileDir: string | null;
  }): Promise<Product> {
    const { profileDir } = options;
    const common = {
      port: 0,
      host: '127.0.0.1',
      appUrl: 'https://bench.example',
      logLevel: 'error',
      sandboxUrls: { authUrl: options.sandboxUrl, apiUrl: options.sandboxUrl },
      serviceTitanTimeoutMs: 60_000,
      smtpUrl: options.smtpUrl,
      encryptionKey: Buffer.alloc(32, 7).toString('base64'),
      ownerEmail: 'owner@bench.example',
    };
    const storage =
      options.engine === 'postgres' ? await openPostgres(common, profileDir) : await openPglite(common);
    const profiling = profileDir ? ['--cpu-prof', `--cpu-prof-dir=${profileDir}`] : [];
    const worker = new BenchProcess(new URL('./workerProcess.ts', import.meta.url), profiling);
    const { url } = await worker.ask('open', storage.config, z.object({ url: z.string() }));
    return new Product(url, { worker, storage, profileDir });
  }

  async connect(request: unknown): Promise<string> {
    return await this.#worker.ask('connect', request, z.uuid());
  }

  async backfill(connectionId: string) {
    return await this.#worker.ask('backfill', connectionId, measuredOf(z.number()));
  }

  async poll(connectionId: string) {
    return await this.#worker.ask('poll', connectionId, measuredOf(polled));
  }

  async doDueWork() {
    return await this.#worker.ask('dueWork', null, measuredOf(z.looseObject({ steps: z.number() })));
  }

  /** Begins to take a connection's webhooks; says how they are to be sent. */
  async takeWebhooks(connectionId: string) {
    const key = await this.#worker.ask('takeWebhooks', connectionId, z.string());
    const url = `${this.#url}/api/webhooks/servicetitan/${connectionId}`;
    return { url, key, header: 'x-servicetitan-signature', encoding: 'hex' } as const;
  }

  async sql<Row>(text: string, row: z.ZodType<Row>): Promise<Row[]> {
    const { sql } = this.#storage;
    const found = sql ? await sql(text) : await this.#worker.ask('sql', text, rows);
    return z.array(row).parse(found);
  }

  /** Writes what took the database longest since the last time, where that is asked for. */
  async writeStatements(name: string): Promise<void> {
    if (this.#profileDir === null || !this.#storage.sql) return;
    await this.sql('create extension if not exists pg_stat_statements', z.unknown());
    const lines = await this.sql(statementsSql, z.object({ line: z.string() }));
    await mkdir(this.#profileDir, { recursive: true });
    await writeFile(
      join(this.#profileDir, `statements-${name}.txt`),
      lines.map(({ line }) => line).join('\n'),
    );
    await this.sql('select pg_stat_statements_reset()', z.unknown());
  }

  async close(): Promise<void> {
    await this.#worker.close();
    await this.#storage.close();
  }
}

const statementsSql = `
  select concat_ws(E'\\t', round(total_exec_time + total_plan_time), calls, rows, shared_blks_hit, left(regexp_replace(query, '\\s+', ' ', 'g'), 400)) as line
  from pg_stat_statements order by total_exec_time + total_plan_time desc limit 80`;

type CommonConfig = Omit<
  Extract<Config, { mode: 'production' }>,
  'mode' | `supabase${string}` | 'triggerDev'
>;

const server = z.object({
  databaseUrl: z.string(),
  supabaseUrl: z.string(),
  publishableKey: z.string(),
  secretKey: z.string(),
});

async function openPostgres(common: CommonConfig, profileDir: string | null): Promise<Storage> {
  const child = new BenchProcess(new URL('./postgresProcess.ts', import.meta.url));
  const { databaseUrl, supabaseUrl, publishableKey, secretKey } = await child.ask(
    'open',
    { countStatements: profileDir !== null },
    server,
  );
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  return {
    config: {
      ...common,
      mode: 'production',
      supabaseUrl,
      supabaseAnonKey: publishableKey,
      supabaseServiceRoleKey: secretKey,
      triggerDev: false,
    },
    sql: async (text) => [...(await client.unsafe(text))],
    openFloor: () => openPostgresFloor(databaseUrl),
    close: async () => {
      await client.end();
      await child.close();
    },
  };
}

async function openPglite(common: CommonConfig): Promise<Storage> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chou-bench-product-'));
  return {
    config: { ...common, mode: 'embedded', dataDir, sandboxCustomers: 0, sandboxSeed: 1 },
    sql: null,
    openFloor: openPgliteFloor,
    close: () => rm(dataDir, { recursive: true, force: true }),
  };
}
