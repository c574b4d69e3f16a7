import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createContext, type Context } from '#backend/context.ts';
import { openEmbedded } from '#backend/embedded/openEmbedded.ts';
import { seedDemo } from '#backend/embedded/seedDemo.ts';
import { Worker } from '#backend/Worker.ts';
import { journeyRow, type JourneyRow } from '#backend/state/journeyRow.ts';
import { Random } from '#integrations/crm/servicetitan/sandbox/random.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { sandboxTenants } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { startAlteringProxy } from '#test/helpers/startAlteringProxy.ts';
import { GeneratedTenant, settings } from '#test/unit/state/generatedHistory.ts';
import { deriveInto, ModelDatabase, standing } from '#test/unit/state/ModelDatabase.ts';
import { mirrorOf, tellApart, versionOf, type Version } from '#test/unit/state/versions.ts';
import { runDueWork } from '#trigger/dueWork.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';

const seed = 2026;
const histories = 25;
/** Each history arrives in so many polls, in no order, and some of it twice. */
const polls = 4;
const feeds = {
  customers: 'crm/v2/tenant/:tenant/export/customers',
  leads: 'crm/v2/tenant/:tenant/export/leads',
  bookings: 'crm/v2/tenant/:tenant/export/bookings',
  jobs: 'jpm/v2/tenant/:tenant/export/jobs',
  appointments: 'jpm/v2/tenant/:tenant/export/appointments',
  canceledLogs: 'jpm/v2/tenant/:tenant/export/job-canceled-logs',
  estimates: 'sales/v2/tenant/:tenant/export/estimates',
} as const satisfies Record<Version['kind'], string>;

/** Of each history's records; what the sandbox was set up with is the same for all. */
const ownIds = new Set([
  'id',
  'customerId',
  'locationId',
  'jobId',
  'projectId',
  'bookingId',
  'mergedToId',
  'createdFromEstimateId',
  'recallForId',
  'warrantyId',
]);
const idsEach = 10_000_000;

const lives = Array.from({ length: histories }, (_, index) => {
  const history = new GeneratedTenant(seed + index);
  history.live(history.random.int(4, 14));
  const higher = Math.floor(index / sandboxTenants.length) * idsEach;
  const versions = tellApart(history.versions).map((version) => moved(version, higher));
  return { versions, end: history.now.getTime() };
});
const start = new Date(Math.max(...lives.map(({ end }) => end)) + 60_000);
/** Each tenant has every other history: what is the same record in both is not the same. */
const tenants = sandboxTenants.map((info, place) => {
  const own = lives.filter((_, index) => index % sandboxTenants.length === place);
  return { info, versions: own.flatMap(({ versions }) => versions) };
});

/** The same record with all ids so much higher. */
function moved({ kind, record }: Version, by: number): Version {
  const row: unknown = JSON.parse(JSON.stringify(record), (key, value: unknown) =>
    ownIds.has(key) && typeof value === 'number' ? value + by : value,
  );
  const version = versionOf(kind === 'canceledLogs' ? 'canceled_logs' : kind, row);
  if (!version) throw new Error(`No journey depends on ${kind}.`);
  return version;
}

let context: Context;
let worker: Worker;
let sandbox: Sandbox;
let proxy: Awaited<ReturnType<typeof startAlteringProxy>>;
let dataDir: string;

/** What the feeds have yet to tell: pages by the path of the feed. */
const pages = new Map<string, unknown[][]>();

beforeAll(async () => {
  for (const { info, versions } of tenants) {
    const random = new Random('pages', seed, info.id);
    const again = versions.filter(() => random.chance(0.4));
    for (const { kind, record } of [...versions, ...again]) {
      const path = feeds[kind].replace(':tenant', String(info.id));
      const told = pages.get(path) ?? Array.from({ length: polls }, () => []);
      pages.set(path, told);
      random.pick(told).splice(random.int(0, 3), 0, record);
    }
  }
  dataDir = await mkdtemp(join(tmpdir(), 'chou-histories-'));
  sandbox = await startSandbox({
    port: 0,
    seed,
    customers: 0,
    start,
    freeze: true,
    requestsPerSecond: 10_000,
  });
  proxy = await startAlteringProxy(sandbox.url, (path, body) => {
    const told = pages.get(path.split('?', 1)[0]?.slice(1) ?? '')?.shift();
    return told ? Object.assign({}, body, { data: told }) : body;
  });
  context = await createContext(
    {
      mode: 'embedded',
      port: 0,
      host: '127.0.0.1',
      appUrl: null,
      logLevel: 'fatal',
      dataDir,
      sandboxUrls: { authUrl: proxy.url, apiUrl: proxy.url },
      sandboxCustomers: 0,
      sandboxSeed: seed,
      serviceTitanTimeoutMs: 60_000,
      smtpUrl: null,
      encryptionKey: null,
      ownerEmail: 'owner@demo.example',
    },
    openEmbedded,
  );
  const { embedded } = context;
  if (!embedded) throw new Error('The stack is embedded.');
  await seedDemo(context, embedded);
  worker = new Worker(context, { syncConnection, runDueWork });
});

afterAll(async () => {
  await context.close();
  await proxy.close();
  await sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});

it('histories that arrive in any order and batches end in the rows that they derive to at once', async () => {
  const { errors } = await worker.workUntilIdle({});
  expect(errors).toEqual([]);
  expect([...pages.values()].flat(2)).toEqual([]);
  const stored = await context.embedded?.database.sql<{ tenant: number; row: unknown }>(
    `select n.tenant_id::int as tenant, s.derived as row from public.customer_servicetitan_state s
     join public.integration_connections n on n.id = s.connection_id where s.current_state <> 0`,
  );
  const rowsOf = Map.groupBy(stored ?? [], ({ tenant }) => tenant);
  let rows = 0;
  for (const { info, versions } of tenants) {
    const model = new ModelDatabase();
    const now = context.clock.now();
    deriveInto(model, { records: mirrorOf(versions), settings, now, liveFrom: now });
    const expected = standing(model.load());
    rows += expected.length;
    expect(byRoot((rowsOf.get(info.id) ?? []).map(({ row }) => journeyRow.parse(row)))).toEqual(expected);
  }
  expect(rows).toBeGreaterThan(histories);
});

function byRoot(rows: JourneyRow[]): JourneyRow[] {
  return rows.toSorted((one, other) =>
    `${one.root.type}:${one.root.id}` < `${other.root.type}:${other.root.id}` ? -1 : 1,
  );
}
