import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import postgres, { type Sql } from 'postgres';
import { completed } from '#backend/services/readEnding.ts';
import { startRealPostgres, type RealPostgres } from '#test/helpers/realPostgres.ts';

let server: RealPostgres;
let clients: [Sql, Sql];
let connectionId: string;

beforeAll(async () => {
  server = await startRealPostgres();
  const connect = () => postgres(server.databaseUrl, { max: 1, onnotice: () => {} });
  clients = [connect(), connect()];
});

beforeEach(async () => {
  const [connection] = await server.sql<{ id: string }>(`
    with workspace as (
      insert into public.workspaces (name, slug, sender_name, sender_email, created_at, updated_at)
      values ('Demo', gen_random_uuid(), 'Demo', 'hello@demo.example.com', now(), now()) returning id
    )
    insert into public.integration_connections (workspace_id, integration_id, name, environment, tenant_id, time_zone, live_from, created_at, updated_at, status, backfilled_at)
    select id, 'servicetitan', 'SOCAL', 'sandbox', 1, 'UTC', now(), now(), now(), 'error', now() from workspace returning id`);
  connectionId = connection?.id ?? '';
});

afterAll(async () => {
  await Promise.all(clients.map((client) => client.end()));
  await server.close();
});

it('two reads that are well again at the same moment leave the connection connected', async () => {
  await beginBoth('list', 'could not be read');
  await endTogether('list');
  const [row] = await server.sql<{ status: string; reason: string | null }>(
    `select status, status_reason as reason from public.integration_connections where id = '${connectionId}'`,
  );
  expect(row).toEqual({ status: 'connected', reason: null });
});

it('the last two feeds of a backfill that end at the same moment have the history derived from its beginning', async () => {
  await beginBoth('feed', null);
  await server.sql(
    `insert into public.derivation_walks (connection_id, workspace_id, source, phase) select id, workspace_id, 'backfill', 3 from public.integration_connections where id = '${connectionId}'`,
  );
  await endTogether('feed');
  const [row] = await server.sql(
    `select backfilled_at, (select count(*)::int from public.derivation_walks w where w.connection_id = c.id) as walks from public.integration_connections c where id = '${connectionId}'`,
  );
  expect(row).toEqual({ backfilled_at: null, walks: 0 });
});

async function beginBoth(path: 'list' | 'feed', problem: string | null): Promise<void> {
  const said = problem === null ? 'null' : `r || ': ${problem}'`;
  await server.sql(`
    insert into public.sync_cursors (connection_id, workspace_id, resource, path, holder, leased_until, failures, problem)
    select c.id, c.workspace_id, r, '${path}', r, now() + interval '1 minute', 1, ${said}
    from public.integration_connections c, unnest(array['jobs', 'appointments']) as r where c.id = '${connectionId}'`);
}

/** The one is not committed yet when the other ends. */
async function endTogether(path: 'list' | 'feed'): Promise<void> {
  const [one, other] = clients;
  let ended = Promise.resolve();
  await one.begin(async (sql) => {
    await endRead(sql, 'jobs', path);
    ended = endRead(other, 'appointments', path);
    await waitsForLock();
  });
  await ended;
}

async function endRead(sql: Pick<Sql, 'unsafe'>, resource: string, path: 'list' | 'feed'): Promise<void> {
  const counts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
  const outcome = JSON.stringify({ ...completed, counts, pages: 0, seconds: 300, isFastPath: true });
  await sql.unsafe(
    `select public.end_read('${connectionId}', '${resource}', '${path}', '${resource}', '${outcome}', null, 'poll', now(), now())`,
  );
}

/** The second cannot go on before the first is committed. */
async function waitsForLock(): Promise<void> {
  for (;;) {
    const waiting = await server.sql(
      `select 1 from pg_catalog.pg_stat_activity where wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
  }
}
