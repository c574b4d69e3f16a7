import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '#backend/clock.ts';
import { createContext, type Context } from '#backend/context.ts';
import { startMailCatcher, type MailCatcher } from '#backend/embedded/MailCatcher.ts';
import { Worker } from '#backend/Worker.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';
import { startRealPostgres, type RealPostgres } from '#test/helpers/realPostgres.ts';

const ownerEmail = 'owner@company.example';

let postgres: RealPostgres;
let sandbox: Sandbox;
let mail: MailCatcher;
let folder: string;
let contexts: Context[];
let workers: Worker[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chou-mail-'));
  [postgres, sandbox, mail] = await Promise.all([
    startRealPostgres(),
    startSandbox({ port: 0, seed: 3, customers: 60, requestsPerSecond: 10_000 }),
    startMailCatcher({ folder, clock: systemClock }),
  ]);
  const config = {
    mode: 'production',
    serviceTitanTimeoutMs: 60_000,
    port: 0,
    host: '127.0.0.1',
    appUrl: 'https://chou.company.example',
    logLevel: 'fatal',
    sandboxUrls: { authUrl: sandbox.url, apiUrl: sandbox.url },
    smtpUrl: mail.url,
    encryptionKey: Buffer.alloc(32, 7).toString('base64'),
    ownerEmail,
    supabaseUrl: postgres.supabaseUrl,
    supabaseAnonKey: postgres.publishableKey,
    supabaseServiceRoleKey: postgres.secretKey,
    triggerDev: false,
  } as const;
  contexts = await Promise.all([createContext(config), createContext(config)]);
  workers = contexts.map((context) => new Worker(context, { syncConnection, runDueWork }));
  const [first] = contexts;
  await first?.sessions.requestLink(ownerEmail, 'https://chou.company.example/sign-in');
  const session = await first?.sessions.verify(postgres.takeSignInToken(ownerEmail));
  const workspaceId = session?.identity.workspaceId ?? '';
  await postgres.sql(`update public.workspaces set postal_address = '1 Example Road, Springfield'`);
  for (const tenant of sandbox.tenants()) {
    await first?.connections.connect(
      workspaceId,
      {
        name: tenant.name,
        environment: 'sandbox',
        timeZone: tenant.timeZone,
        tenantId: tenant.id,
        clientId: tenant.clientId,
        clientSecret: tenant.clientSecret,
        appKey: tenant.appKey,
      },
      ownerEmail,
    );
  }
  await workers[0]?.work({ untilIdle: true });
});

afterAll(async () => {
  await Promise.all(contexts.map((context) => context.close()));
  await Promise.all([postgres.close(), sandbox.close(), mail.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function workTogether(): Promise<void> {
  await Promise.all(workers.map((worker) => worker.work({ untilIdle: true })));
}

describe('two workers on one PostgreSQL, as in production', () => {
  it('mails nobody for the history that the backfill finds', async () => {
    const [counts] = await postgres.sql<{ states: number; sent: number; runs: number }>(
      `select (select count(distinct current_state) from customer_servicetitan_state)::int as states,
        (select count(*) from messages)::int as sent, (select count(*) from flow_runs)::int as runs`,
    );
    expect(counts).toEqual({ states: 9, sent: 0, runs: 0 });
    expect(await mail.list(null)).toEqual([]);
  });

  it('starts every flow once and sends every message once, however they meet', async () => {
    const leads = [];
    for (let count = 0; count < 15; count += 1) {
      for (const tenant of ['SOCAL', 'DFW'])
        leads.push(await sandbox.story({ tenant, event: 'lead_received' }));
    }
    await Promise.all([workTogether(), workTogether(), workTogether()]);
    await workTogether();
    const [counts] = await postgres.sql<Record<string, number>>(
      `select (select count(*) from flow_runs)::int as runs, (select count(*) from messages where status = 'sent')::int as sent,
        (select count(*) from state_transitions where to_state = 1 and source <> 'backfill')::int as transitions,
        (select count(*) from derivation_queue)::int as queued, (select count(*) from leases)::int as leases`,
    );
    expect(counts).toEqual({
      runs: leads.length,
      sent: leads.length,
      transitions: leads.length,
      queued: 0,
      leases: 0,
    });
    expect(await mail.list(null)).toHaveLength(leads.length);
  });

  it('keeps the same ids of two tenants apart', async () => {
    const [shared] = await postgres.sql<{ ids: number }>(
      `select count(*)::int as ids from (
         select root_type, root_id from customer_servicetitan_state group by root_type, root_id having count(distinct connection_id) = 2) x`,
    );
    expect(shared?.ids).toBeGreaterThan(0);
  });

  it('refuses to apply journeys that somebody else has moved meanwhile', async () => {
    const [row] = await postgres.sql<{ connection_id: string; derivation: string; change: unknown }>(
      `select s.connection_id, n.derivations as derivation, jsonb_build_object('id', s.id, 'expectedVersion', s.version - 1, 'liftedOverrideIds', '[]'::jsonb) as change
       from customer_servicetitan_state s join integration_connections n on n.id = s.connection_id limit 1`,
    );
    const { error } = (await contexts[0]?.database.rpc('apply_journeys', {
      p_connection: row?.connection_id,
      p_derivation: row?.derivation,
      p_contacts: [],
      p_changes: [row?.change],
      p_queue_ids: [],
      p_now: new Date().toISOString(),
    })) ?? { error: null };
    expect(error).toMatchObject({ code: 'PT409', message: 'A journey has moved meanwhile.' });
  });
});

it('who asks for due work while it is done gets his answer when that, and what was due since, is done', async () => {
  const [context] = contexts;
  if (!context) throw new Error('There is no context.');
  const first = Promise.withResolvers<void>();
  const told: string[] = [];
  let rounds = 0;
  const worker = new Worker(context, {
    syncConnection,
    runDueWork: async () => {
      rounds += 1;
      const round = rounds;
      if (round === 1) await first.promise;
      told.push(`round ${round}`);
      return { steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 };
    },
  });
  const both = [worker.runDueWork(), worker.runDueWork().then(() => told.push('the second is answered'))];
  first.resolve();
  await Promise.all(both);
  expect(told).toEqual(['round 1', 'round 2', 'the second is answered']);
});
