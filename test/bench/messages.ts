import { createTransport } from 'nodemailer';
import postgres from 'postgres';
import { z } from 'zod';
import { systemClock } from '#backend/clock.ts';
import { SmtpSender } from '#backend/email/SmtpSender.ts';
import { UnsubscribeLinks } from '#backend/email/UnsubscribeLinks.ts';
import { createLogger } from '#backend/logger.ts';
import { createDatabase, type Database } from '#backend/repositories/database.ts';
import { FlowRunService } from '#backend/services/FlowRunService.ts';
import { MessageService } from '#backend/services/MessageService.ts';
import { findAction } from '#integrations/registry.ts';
import { openTestDatabase } from '#test/helpers/testDatabase.ts';
import { BenchProcess } from './BenchProcess.ts';
import { seedDueRuns } from './seedDueRuns.ts';

const sender = { name: 'Demo Home Services', address: 'hello@demo.example.com' } as const;
const unsubscribeLinks = new UnsubscribeLinks(Buffer.alloc(32, 7), () => 'https://app.example.com');
const mails = z.array(
  z.object({
    id: z.string(),
    email: z.string(),
    subject: z.string(),
    html: z.string(),
    body_text: z.string(),
    message_id: z.string(),
  }),
);

interface Stored {
  database: Database;
  sql(text: string): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * How many steps this process does in a second, and how many messages it sends, from due to accepted and recorded. The
 * floor: the same mails through nodemailer over as many connections, nothing stored; half of it before, half after.
 */
export async function measureMessages(options: { engine: 'pglite' | 'postgres'; messages: number }) {
  const server = new BenchProcess(new URL('./mailServer.ts', import.meta.url));
  const stored = options.engine === 'pglite' ? await openPglite() : await openPostgres();
  try {
    const { url } = await server.ask('open', null, z.object({ url: z.string() }));
    await seedDueRuns({ ...stored, customers: options.messages, now: systemClock.now() });
    await stored.sql('analyze');
    const { steps, messages, close } = services(stored.database, url);
    const stepped = await timed(() => steps.runDueSteps());
    await stored.sql('analyze');
    const rows = mails.parse(
      await stored.sql(`select m.id, c.email, m.subject, m.html, m.body_text, m.message_id
        from messages m join contacts c on c.id = m.contact_id where m.status = 'queued'`),
    );
    const half = Math.floor(rows.length / 2);
    const before = await timed(() => sendBare(url, rows.slice(0, half)));
    const takenBefore = await server.ask('taken', null, z.number());
    const delivered = await timed(() => messages.deliverDueMessages());
    const taken = (await server.ask('taken', null, z.number())) - takenBefore;
    const after = await timed(() => sendBare(url, rows.slice(half)));
    close();
    if (taken !== options.messages) throw new Error(`${taken} of ${options.messages} messages arrived.`);
    const perSecond = taken / delivered.seconds;
    const floorPerSecond = rows.length / (before.seconds + after.seconds);
    return {
      engine: options.engine,
      messages: taken,
      stepsPerSecond: Math.round(stepped.result.steps / stepped.seconds),
      perSecond: Math.round(perSecond),
      floorPerSecond: Math.round(floorPerSecond),
      ratio: Math.round((perSecond / floorPerSecond) * 100) / 100,
      cpuMsPerMessage: round(delivered.cpuMs / taken),
      floorCpuMsPerMessage: round((before.cpuMs + after.cpuMs) / rows.length),
    };
  } finally {
    await stored.close();
    await server.close();
  }
}

function services(database: Database, smtpUrl: string) {
  const smtp = new SmtpSender(smtpUrl);
  const deps = { database, clock: systemClock, systemClock, logger: createLogger('warn') };
  const steps = new FlowRunService({
    ...deps,
    findAction: (id) => findAction(id)?.action,
    unsubscribeUrl: (id) => unsubscribeLinks.url(id),
    runAction: async () => null,
  });
  const messages = new MessageService({ ...deps, sender: smtp, unsubscribeLinks });
  return { steps, messages, close: () => smtp.close() };
}

async function sendBare(url: string, rows: z.infer<typeof mails>): Promise<void> {
  const { connections } = new SmtpSender(url);
  const transport = createTransport({ url, pool: true, maxConnections: connections });
  await Promise.all(
    rows.map((row) =>
      transport.sendMail({
        from: sender,
        to: row.email,
        subject: row.subject,
        text: row.body_text,
        html: row.html,
        messageId: row.message_id,
        date: systemClock.now(),
        headers: {
          'List-Unsubscribe': `<${unsubscribeLinks.url(row.id)}>`,
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        },
      }),
    ),
  );
  transport.close();
}

async function timed<Result>(work: () => Promise<Result>) {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const result = await work();
  const { user, system } = process.cpuUsage(cpu);
  return { result, seconds: (performance.now() - startedAt) / 1000, cpuMs: (user + system) / 1000 };
}

async function openPglite(): Promise<Stored> {
  const { database, embedded, close } = await openTestDatabase();
  return { database, sql: (text) => embedded.sql(text), close };
}

async function openPostgres(): Promise<Stored> {
  const child = new BenchProcess(new URL('./postgresProcess.ts', import.meta.url));
  const shape = z.object({ databaseUrl: z.string(), supabaseUrl: z.string(), secretKey: z.string() });
  const { databaseUrl, supabaseUrl, secretKey } = await child.ask('open', { countStatements: false }, shape);
  const client = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  return {
    database: createDatabase({ url: supabaseUrl, key: secretKey }),
    sql: async (text) => [...(await client.unsafe(text))],
    close: async () => {
      await client.end();
      await child.close();
    },
  };
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

if (import.meta.main) {
  const [engine, messages = '2000'] = process.argv.slice(2);
  const result = await measureMessages({
    engine: engine === 'pglite' ? engine : 'postgres',
    messages: Number(messages),
  });
  process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
}
