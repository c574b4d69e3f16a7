import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '#backend/app.ts';
import type { EmbeddedConfig } from '#backend/config.ts';
import { createContext, type Context } from '#backend/context.ts';
import type { ActionSource } from '#integrations/ActionSource.ts';
import type { EmbeddedStack } from '#backend/embedded/EmbeddedStack.ts';
import { openEmbedded } from '#backend/embedded/openEmbedded.ts';
import { seedDemo } from '#backend/embedded/seedDemo.ts';
import type { ConnectionSummary, MailboxMail } from '#backend/schemas/api.ts';
import type { Identity } from '#backend/services/SessionService.ts';
import { Worker, type WorkSummary } from '#backend/Worker.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { copyDatabaseTemplate } from './copyDatabaseTemplate.ts';
import { startAlteringProxy, type Alter } from './startAlteringProxy.ts';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';

/** The whole product on embedded defaults, its sandbox at a fixed moment that only moves when it is told to. */
export interface TestStack {
  context: Context;
  embedded: EmbeddedStack;
  identity: Identity;
  worker: Worker;
  sandbox: Sandbox;
  dataDir: string;
  connections: { socal: ConnectionSummary; dfw: ConnectionSummary };
  /** Polls, runs and sends until nothing is left to do. */
  work(): Promise<WorkSummary>;
  /** Moves the clock by an ISO 8601 duration, then works. */
  advance(duration: string): Promise<WorkSummary>;
  /** Everything in the mailbox, oldest first. */
  mails(): Promise<MailboxMail[]>;
  close(): Promise<void>;
}

/** A Monday noon in Los Angeles. */
export const testStart = new Date('2026-03-02T20:00:00Z');

export async function startTestStack(
  options: {
    customers?: number;
    seed?: number;
    smtpUrl?: string;
    logLevel?: string;
    timeoutMs?: number;
    /** Alters what the sandbox answers to the product. */
    alter?: Alter;
    /** Of integrations that exist in tests only. */
    actions?: readonly ActionSource[];
  } = {},
): Promise<TestStack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'chou-test-'));
  const sandbox = await startSandbox({
    port: 0,
    seed: options.seed ?? 1,
    customers: options.customers ?? 0,
    start: testStart,
    requestsPerSecond: 10_000,
  });
  sandbox.clock.freeze();
  const proxy = options.alter && (await startAlteringProxy(sandbox.url, options.alter));
  copyDatabaseTemplate(dataDir);
  const config = embeddedTestConfig(dataDir, proxy?.url ?? sandbox.url, options);
  const context = await createContext(config, openEmbedded, { actions: options.actions ?? [] });
  const { embedded } = context;
  if (!embedded) throw new Error('The test stack is embedded.');
  const identity = await seedDemo(context, embedded);
  const worker = new Worker(context, { syncConnection, runDueWork });
  const connections = await context.overview.connections(identity.workspaceId);
  const named = (name: string) => {
    const connection = connections.find((candidate) => candidate.name === name);
    if (!connection) throw new Error(`${name} is not connected.`);
    return connection;
  };
  const work = () => worker.workUntilIdle({});
  return {
    context,
    embedded,
    identity,
    worker,
    sandbox,
    dataDir,
    connections: { socal: named('SOCAL'), dfw: named('DFW') },
    work,
    advance: async (duration) => {
      await embedded.sandbox.advance(duration);
      return work();
    },
    mails: async () => ((await embedded.mail?.list(null)) ?? []).toReversed(),
    close: async () => {
      await context.close();
      await proxy?.close();
      await sandbox.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

function embeddedTestConfig(
  dataDir: string,
  sandboxUrl: string,
  options: { smtpUrl?: string; logLevel?: string; timeoutMs?: number },
): EmbeddedConfig {
  return {
    mode: 'embedded',
    port: 0,
    host: '127.0.0.1',
    appUrl: null,
    logLevel: options.logLevel ?? 'fatal',
    dataDir,
    sandboxUrls: { authUrl: sandboxUrl, apiUrl: sandboxUrl },
    sandboxCustomers: 0,
    sandboxSeed: 1,
    serviceTitanTimeoutMs: options.timeoutMs ?? 60_000,
    smtpUrl: options.smtpUrl ?? null,
    encryptionKey: null,
    ownerEmail: 'owner@demo.example',
  };
}

/** The product's HTTP server over a test stack, on a free port. */
export async function serveTestStack(stack: TestStack): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer(createApp(stack.context, stack.worker));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  const url = `http://127.0.0.1:${address.port}`;
  stack.context.setAppUrl(url);
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
