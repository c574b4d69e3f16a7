import { createServer } from 'node:http';
import { z } from 'zod';
import { createApp } from '#backend/app.ts';
import type { Config } from '#backend/config.ts';
import { createContext, type Context } from '#backend/context.ts';
import { openEmbedded } from '#backend/embedded/openEmbedded.ts';
import { findConnection } from '#backend/repositories/connectionRepository.ts';
import { insertWorkspace } from '#backend/repositories/workspaceRepository.ts';
import type { ConnectRequest } from '#backend/schemas/api.ts';
import { Worker } from '#backend/Worker.ts';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { answerQuestions } from './BenchProcess.ts';
import { countDatabaseCalls, type DatabaseCalls } from './databaseCalls.ts';

/** The product as the bench asks for it: everything that it does happens in this process. */
interface Product {
  context: Context;
  worker: Worker;
  calls: DatabaseCalls;
  close(): Promise<void>;
}

/** So many polls in a row may bring nothing before a backfill counts as stuck. */
const mostIdleRounds = 20;
const id = z.uuid();
let product: Product | undefined;

function opened(): Product {
  if (!product) throw new Error('The product is not open.');
  return product;
}

async function open(config: Config): Promise<Product & { url: string }> {
  const context = await createContext(config, openEmbedded);
  const calls = countDatabaseCalls(context.database);
  const worker = new Worker(context, { syncConnection, runDueWork });
  const server = createServer(createApp(context, worker));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const close = async () => {
    server.close();
    server.closeAllConnections();
    await worker.requests.stop();
    await context.close();
  };
  return { context, worker, calls, close, url: `http://127.0.0.1:${address.port}` };
}

async function connect(request: ConnectRequest): Promise<string> {
  const { context } = opened();
  const now = context.clock.now();
  const workspace = await insertWorkspace(context.database, workspaceOfBench, now);
  await context.flows.installLifecycleFlows(workspace.id, now);
  return (await context.connections.connect(workspace.id, request, 'bench')).id;
}

/** Until everything that the tenant has is mirrored, derived and applied; answers how many polls it took. */
async function backfill(connectionId: string): Promise<number> {
  const { database } = opened().context;
  let idleRounds = 0;
  for (let round = 1; idleRounds < mostIdleRounds; round += 1) {
    const { records, rows } = await poll(connectionId);
    idleRounds = records + rows === 0 ? idleRounds + 1 : 0;
    const connection = await findConnection(database, connectionId);
    const { count } = await database
      .from('derivation_queue')
      .select('id', { count: 'exact', head: true })
      .eq('connection_id', connectionId);
    if (connection?.backfilled_at != null && count === 0) return round;
  }
  throw new Error('The backfill is stuck: polls bring nothing, and it is not complete.');
}

async function poll(connectionId: string, options: { isScheduled?: boolean } = {}) {
  const summary = await opened().worker.syncConnection(connectionId, 'poll', options);
  if (summary.error !== null) throw new Error(`The poll failed. ${summary.error}`);
  const { derived } = summary;
  const counts = Object.values(summary.resources);
  return { records: counts.reduce((sum, count) => sum + count.new + count.changed, 0), ...derived };
}

/** What it took: time on the wall, CPU time of this process, its largest size so far, and the calls of the database. */
async function measured<Result>(work: () => Promise<Result>) {
  const { calls } = opened();
  calls.reset();
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const ms = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return {
    result,
    ms,
    cpuSeconds: (user + system) / 1e6,
    peakMb,
    calls: calls.total(),
    byName: calls.byName(),
  };
}

const workspaceOfBench = {
  name: 'Bench Home Services',
  slug: 'bench',
  timeZone: 'America/Los_Angeles',
  senderName: 'Bench Home Services',
  senderEmail: 'hello@bench.example',
  postalAddress: '100 Sample Street, Springfield, CA 90000',
  phone: '(555) 555-0100',
  website: 'https://bench.example',
  reviewUrl: 'https://bench.example/review',
} as const;

const webhooksOfBench = {
  enabled: true,
  headerName: 'x-servicetitan-signature',
  encoding: 'hex',
  key: 'generate',
  formerKey: 'drop',
} as const;

if (import.meta.main) {
  answerQuestions({
    open: async (input) => {
      const started = await open(z.custom<Config>().parse(input));
      product = started;
      return { url: started.url };
    },
    connect: (input) => connect(z.custom<ConnectRequest>().parse(input)),
    backfill: (input) => measured(() => backfill(id.parse(input))),
    poll: (input) => measured(() => poll(id.parse(input), { isScheduled: true })),
    dueWork: () => measured(() => opened().worker.runDueWork()),
    takeWebhooks: async (input) => {
      const { generatedKey } = await opened().context.webhooks.save(
        id.parse(input),
        webhooksOfBench,
        'bench',
      );
      return generatedKey;
    },
    sql: async (input) => opened().context.embedded?.database.sql(z.string().parse(input)),
    close: async () => {
      await product?.close();
    },
  });
}
