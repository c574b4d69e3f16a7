import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SMTPServer } from 'smtp-server';
import PostalMime from 'postal-mime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const summaryShape = z.object({
  status: z.string(),
  transitions: z.number(),
  runsStarted: z.number(),
  messagesSent: z.number(),
  resources: z.record(z.string(), z.object({ new: z.number(), changed: z.number(), failed: z.number() })),
});

let sandbox: Sandbox;
let smtp: SMTPServer;
let smtpUrl: string;
let dataDir: string;
/** Message-IDs in the order of arrival, and who waits for the next. */
const arrived: string[] = [];
let onArrival: (() => void) | null = null;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chou-killed-'));
  sandbox = await startSandbox({ port: 0, seed: 5, customers: 40, requestsPerSecond: 10_000 });
  smtp = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        void PostalMime.parse(Buffer.concat(chunks)).then((mail) => {
          arrived.push(mail.messageId ?? '');
          callback(null);
          onArrival?.();
        });
      });
    },
  });
  // Clients that are killed hang up.
  smtp.on('error', () => undefined);
  await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve));
  const address = smtp.server.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  smtpUrl = `smtp://127.0.0.1:${port}/?maxConnections=2`;
});

afterAll(async () => {
  await sandbox.close();
  await new Promise<void>((resolve) => smtp.close(() => resolve()));
  await rm(dataDir, { recursive: true, force: true });
});

function startSync(): ChildProcess & { output: string } {
  const child = spawn(process.execPath, ['backend/src/sync.ts', '--until-idle'], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      CHOU_DATA_DIR: dataDir,
      SMTP_URL: smtpUrl,
      SERVICETITAN_AUTH_URL: sandbox.url,
      SERVICETITAN_API_URL: sandbox.url,
      LOG_LEVEL: 'fatal',
      // A dozen of these start, and most of them live for a few seconds.
      NODE_COMPILE_CACHE: join(dataDir, 'compiled'),
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const withOutput = Object.assign(child, { output: '' });
  child.stdout?.on('data', (chunk: Buffer) => (withOutput.output += chunk.toString('utf8')));
  return withOutput;
}

async function sync(): Promise<z.infer<typeof summaryShape>> {
  const child = startSync();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(code).toBe(0);
  return summaryShape.parse(JSON.parse(child.output));
}

async function kill(child: ChildProcess): Promise<void> {
  const closed = new Promise((resolve) => child.on('close', resolve));
  child.kill('SIGKILL');
  await closed;
}

/** Settles when the sandbox has answered so many more requests to a resource, or the process has ended. */
async function untilRequested(path: string, child: ChildProcess): Promise<void> {
  const shape = z.object({ requests: z.array(z.object({ path: z.string() }).loose()) });
  while (child.exitCode === null) {
    const reply = await fetch(`${sandbox.url}/_sandbox/requests`);
    const { requests } = shape.parse(await reply.json());
    if (requests.some((request) => request.path.includes(path))) return;
  }
}

describe('a process that is killed', () => {
  it('in the middle of a sync loses nothing and reads nothing into the states twice', async () => {
    for (const path of ['export/customers', 'export/jobs', 'export/estimates']) {
      await fetch(`${sandbox.url}/_sandbox/requests`, { method: 'DELETE' });
      const child = startSync();
      await untilRequested(path, child);
      await kill(child);
    }
    await sync();
    const again = await sync();
    expect(again).toMatchObject({ status: 'succeeded', transitions: 0, runsStarted: 0, messagesSent: 0 });
    for (const counts of Object.values(again.resources))
      expect(counts).toMatchObject({ new: 0, changed: 0, failed: 0 });
    expect(arrived).toEqual([]);
  });

  it('in the middle of sending sends the rest, and nothing twice that the server had acknowledged', async () => {
    // Connected first: what happened before is history, and mails nobody.
    await sync();
    const leads = [];
    for (let count = 0; count < 8; count += 1)
      leads.push(await sandbox.story({ tenant: 'SOCAL', event: 'lead_received' }));
    for (const mails of [2, 5]) {
      const child = startSync();
      await new Promise<void>((resolve) => {
        onArrival = () => arrived.length >= mails && resolve();
        child.on('close', () => resolve());
      });
      onArrival = null;
      await kill(child);
    }
    await sync();
    const again = await sync();
    expect(again).toMatchObject({ transitions: 0, runsStarted: 0, messagesSent: 0 });
    expect(new Set(arrived).size).toBe(leads.length);
    // What was on its way at a kill may come again, under the same Message-ID: as many mails as there are connections, and
    // as many whose acceptance was not written down yet.
    expect(arrived.length - leads.length).toBeLessThanOrEqual(2 * (2 + 2));
  });
});
