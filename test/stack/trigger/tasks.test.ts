import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#backend/clock.ts';
import { stateResources } from '#backend/services/readOrder.ts';
import { startProductionStack, type ProductionStack } from '#test/helpers/productionStack.ts';
import { TaskRunner, type Attempt } from '#test/helpers/TaskRunner.ts';
import { TriggerDevServer, type AskedRun } from '#test/helpers/TriggerDevServer.ts';

let stack: ProductionStack;
let server: TriggerDevServer;
let runner: TaskRunner;

beforeAll(async () => {
  [stack, server] = await Promise.all([startProductionStack({ customers: 10 }), TriggerDevServer.start()]);
  const env = { ...stack.env, TRIGGER_SECRET_KEY: 'tr_prod_test', TRIGGER_API_URL: server.url };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  runner = await TaskRunner.start(() =>
    Promise.all([
      import('#trigger/tasks/deliverMessages.ts'),
      import('#trigger/tasks/dueWork.ts'),
      import('#trigger/tasks/flowSteps.ts'),
      import('#trigger/tasks/housekeeping.ts'),
      import('#trigger/tasks/serviceTitanBackfill.ts'),
      import('#trigger/tasks/serviceTitanDerive.ts'),
      import('#trigger/tasks/serviceTitanPoll.ts'),
      import('#trigger/tasks/serviceTitanRead.ts'),
      import('#trigger/tasks/serviceTitanSchedule.ts'),
    ]),
  );
});

beforeEach(() => {
  server.forget();
  stack.sandbox.clearFaults();
});

afterAll(async () => {
  const { taskContext } = await import('#trigger/taskContext.ts');
  await (await taskContext()).close();
  vi.unstubAllEnvs();
  await Promise.all([stack.close(), server.close()]);
});

let minute = 0;
const nextMinute = () => new Date(Date.UTC(2026, 2, 2, 20, (minute += 1)));

/** A run of a schedule, and what it asks for. */
async function schedule(task: string, timestamp: Date): Promise<AskedRun[]> {
  server.clear();
  const payload = { type: 'DECLARATIVE', timestamp, timezone: 'UTC', scheduleId: 'schedule', upcoming: [] };
  expect(await runner.attempt(task, payload)).toMatchObject({ ok: true });
  return [...server.runs];
}

/** Does the runs that are asked for, and those that they ask for, until there are none. */
async function doRuns(runs: readonly AskedRun[]): Promise<void> {
  for (let waiting = runs; waiting.length > 0;) {
    server.clear();
    for (const { task, payload } of waiting)
      expect({ task, ...(await runner.attempt(task, payload)) }).toMatchObject({ ok: true });
    waiting = [...server.runs];
  }
}

async function count(table: string, where = 'true'): Promise<number> {
  const [row] = await stack.postgres.sql<{ count: string }>(
    `select count(*) from public.${table} where ${where}`,
  );
  return Number(row?.count);
}

const readPayload = z.object({
  connectionId: z.string(),
  resource: z.string().optional(),
  path: z.string().optional(),
});

function readOf({ payload }: AskedRun): string {
  const { connectionId, resource, path } = readPayload.parse(payload);
  return [connectionId, resource, path].join(' ');
}

function failureOf(attempt: Attempt): { retryInMs: number | null } {
  if (attempt.ok) throw new Error('The attempt did not fail.');
  return attempt;
}

function poll(connectionId: string | undefined): Promise<Attempt> {
  return runner.attempt('servicetitan-poll', { connectionId, source: 'manual' });
}

/** Lets everything fall due, and does what the schedules then ask for. */
async function readEverything(): Promise<void> {
  await stack.postgres.sql('update public.sync_cursors set next_read_at = null');
  await doRuns(await schedule('servicetitan-schedule', nextMinute()));
}

describe('the schedule', () => {
  beforeEach(async () => {
    await stack.postgres.sql('update public.sync_cursors set next_read_at = null');
    await stack.postgres.sql(
      `update public.sync_cursors set completed_at = null where path = 'feed' and resource = 'customers'`,
    );
  });

  it('asks for one run for each read that is due, and for a derivation after the reads of each connection', async () => {
    const due = await stack.context.syncs.dueReads(systemClock.now());
    expect(new Set(due.map(({ connectionId }) => connectionId)).size).toBe(2);
    const runs = await schedule('servicetitan-schedule', nextMinute());
    const reads = runs.filter(({ task }) => task !== 'servicetitan-derive').map(readOf);
    expect(reads.toSorted()).toEqual(
      due.map(({ connectionId, resource, path }) => [connectionId, resource, path].join(' ')).toSorted(),
    );
    expect(new Set(reads).size).toBe(reads.length);
    for (const connectionId of stack.connections.values()) {
      const line = runs.filter(
        ({ options, task }) => options.concurrencyKey === connectionId && task !== 'servicetitan-backfill',
      );
      expect(line.map(({ task }) => task).lastIndexOf('servicetitan-read')).toBe(line.length - 2);
      expect(line.at(-1)?.task).toBe('servicetitan-derive');
    }
    const keys = runs.map(({ task, options }) => `${task} ${options.idempotencyKey}`);
    expect(new Set(keys).size).toBe(runs.length);
    expect(server.batches).toEqual([runs.length]);
  });

  it('asks nothing twice when it runs twice at one time', async () => {
    const timestamp = nextMinute();
    const first = await schedule('servicetitan-schedule', timestamp);
    expect(first.length).toBeGreaterThan(0);
    expect(await schedule('servicetitan-schedule', timestamp)).toEqual([]);
    expect(server.repeated).toBe(first.length);
  });

  it('asks again a minute later for what was not read, but not for a backfill that stands where it stood', async () => {
    const first = await schedule('servicetitan-schedule', nextMinute());
    const again = await schedule('servicetitan-schedule', nextMinute());
    const isBackfill = ({ task }: AskedRun) => task === 'servicetitan-backfill';
    expect(first.some(isBackfill)).toBe(true);
    expect(again.map(readOf)).toEqual(first.filter((run) => !isBackfill(run)).map(readOf));
  });
});

describe('what is asked for', () => {
  it('reads the tenants, derives them, does the steps that this starts and sends their messages', async () => {
    await readEverything();
    expect(await count('customer_servicetitan_state')).toBeGreaterThan(0);
    expect(await count('integration_connections', 'backfilled_at is null')).toBe(0);
    const sent = (await stack.mail.list(null)).length;
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await readEverything();
    expect((await stack.mail.list(null)).length).toBe(sent + 1);
  });
});

describe('a poll that somebody asked for', () => {
  it('reads and derives a connection at once, and has the steps done that this starts', async () => {
    const connectionId = stack.connections.get('DFW');
    await readEverything();
    expect(await poll(connectionId)).toMatchObject({ ok: true, output: { status: 'succeeded' } });
    const sent = (await stack.mail.list(null)).length;
    await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    server.forget();
    expect(await poll(connectionId)).toMatchObject({ ok: true, output: { derived: { runsStarted: 1 } } });
    expect(server.runs.map(({ task }) => task)).toEqual(['flow-steps']);
    await doRuns([...server.runs]);
    expect((await stack.mail.list(null)).length).toBe(sent + 1);
  });

  it('reads for a webhook the lists of what states hang on, and no feed', async () => {
    const connectionId = stack.connections.get('DFW');
    const readAt = `connection_id = '${connectionId}' and last_read_at >= '${new Date().toISOString()}'`;
    const payload = { connectionId, source: 'webhook', resources: ['appointments'] };
    expect(await runner.attempt('servicetitan-poll', payload)).toMatchObject({ ok: true });
    const read = await stack.postgres.sql<{ name: string }>(
      `select resource || ' ' || path as name from public.sync_cursors where ${readAt} order by 1`,
    );
    expect(read.map(({ name }) => name)).toEqual(stateResources.map((name) => `${name} list`).toSorted());
  });

  it('has a first pass read by runs of its own, also one that backs off', async () => {
    await readEverything();
    const connectionId = stack.connections.get('DFW');
    const feed = `connection_id = '${connectionId}' and resource = 'customers' and path = 'feed'`;
    await stack.postgres.sql(
      `update public.sync_cursors set completed_at = null, failures = 3, next_read_at = now() + interval '1 day' where ${feed}`,
    );
    server.forget();
    expect(await poll(connectionId)).toMatchObject({ ok: true, output: { status: 'succeeded' } });
    expect(await count('sync_cursors', `${feed} and completed_at is null`)).toBe(1);
    const asked = server.runs.filter(({ task }) => task === 'servicetitan-backfill');
    expect(asked.map(readOf)).toEqual([`${connectionId} customers feed`]);
    await doRuns([...server.runs]);
    expect(await count('sync_cursors', `${feed} and completed_at is null`)).toBe(0);
  });
});

describe('a derivation that fails', () => {
  const connectionId = () => stack.connections.get('DFW') ?? '';
  const derive = () => runner.attempt('servicetitan-derive', { connectionId: connectionId() });
  const change = (sql: string) => stack.postgres.sql(sql);
  const said = () =>
    count(
      'integration_connections',
      `id = '${connectionId()}' and derivation_error is not null and status = 'error'`,
    );

  /** Something of the tenant is stored that cannot be derived from; answers how to mend it. */
  async function breakRecord(): Promise<() => Promise<unknown>> {
    const [lead] = await stack.postgres.sql<{ record_id: string; data: string }>(
      `select record_id, data::text from public.servicetitan_records where connection_id = '${connectionId()}' and resource = 'leads' limit 1`,
    );
    if (!lead) throw new Error('The tenant has no lead.');
    const where = `connection_id = '${connectionId()}' and resource = 'leads' and record_id = ${lead.record_id}`;
    await change(`update public.servicetitan_records set data = '{}' where ${where}`);
    await change(
      `insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
       values ('${stack.workspaceId}', '${connectionId()}', 'leads', ${lead.record_id}, 'settings')`,
    );
    return () =>
      change(
        `update public.servicetitan_records set data = '${lead.data.replaceAll("'", "''")}' where ${where}`,
      );
  }

  it('is said on the connection, and is no longer once a derivation of the schedule succeeds', async () => {
    await readEverything();
    await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    await readEverything();
    const mend = await breakRecord();
    expect(await poll(connectionId())).toMatchObject({ ok: true, output: { status: 'failed' } });
    expect(await said()).toBe(1);
    await mend();
    expect(await derive()).toMatchObject({ ok: true });
    expect(await said()).toBe(0);
    expect(await count('integration_connections', `id = '${connectionId()}' and status = 'connected'`)).toBe(
      1,
    );
  });

  it('is said and tried again also where it was no poll', async () => {
    await readEverything();
    await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    await readEverything();
    const mend = await breakRecord();
    expect(failureOf(await derive()).retryInMs).not.toBeNull();
    expect(await said()).toBe(1);
    await mend();
    expect(await derive()).toMatchObject({ ok: true });
    expect(await said()).toBe(0);
  });
});

describe('due work', () => {
  it('is asked for as runs, for the steps that wait and then for the messages that these queue', async () => {
    const connectionId = stack.connections.get('DFW');
    await readEverything();
    await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    await poll(connectionId);
    const sent = (await stack.mail.list(null)).length;
    const runs = await schedule('due-work', nextMinute());
    expect(runs.map(({ task }) => task)).toContain('flow-steps');
    await doRuns(runs);
    expect((await stack.mail.list(null)).length).toBe(sent + 1);
    expect(await schedule('due-work', nextMinute())).toEqual([]);
  });
});

describe('the night', () => {
  it('deletes what nobody looks at any more', async () => {
    await stack.postgres.sql(
      `insert into public.change_events (workspace_id, type, payload, at)
       values ('${stack.workspaceId}', 'sync', '{}', now() - interval '3 days')`,
    );
    expect(await runner.attempt('housekeeping', {})).toMatchObject({ ok: true });
    expect(await count('change_events', `at < now() - interval '1 day'`)).toBe(0);
  });
});

describe('a read that fails', () => {
  const read = (attempt = 1) =>
    runner.attempt(
      'servicetitan-read',
      { connectionId: stack.connections.get('SOCAL'), resource: 'leads', path: 'list', source: 'manual' },
      { number: attempt },
    );
  /** The pause that ServiceTitan asks for holds all calls, for half a minute at most: here it is over at once. */
  const endPause = () => stack.postgres.sql('update public.service_titan_budgets set paused_until = null');
  const refuseLeads = (fault: { status: number; retryAfter?: number }) =>
    stack.sandbox.addFaults({ kind: 'status', path: '/crm/v2/tenant/410387862', ...fault });

  it('is tried again when ServiceTitan said, where it throttles', async () => {
    refuseLeads({ status: 429, retryAfter: 300 });
    const { retryInMs } = failureOf(await read());
    expect(retryInMs).toBeGreaterThan(290_000);
    expect(retryInMs).toBeLessThanOrEqual(300_000);
    await endPause();
    expect(failureOf(await read(3)).retryInMs).toBeNull();
    await endPause();
  });

  it('is not tried again for what only a person can mend', async () => {
    refuseLeads({ status: 400 });
    expect(failureOf(await read()).retryInMs).toBeNull();
  });

  it('is done by the next attempt when the trouble is over', async () => {
    stack.sandbox.clearFaults();
    expect(await read(2)).toMatchObject({ ok: true, output: { status: 'complete', resource: 'leads' } });
  });
});

describe('what is asked for wrongly', () => {
  it('fails at once and is not tried again', async () => {
    const attempt = await runner.attempt('servicetitan-read', { connectionId: 'nobody', resource: 'jobs' });
    expect(failureOf(attempt).retryInMs).toBeNull();
  });
});

describe('a backfill', () => {
  it('that has no time left asks for the run that goes on where it stopped, until all is read', async () => {
    const connectionId = stack.connections.get('DFW') ?? '';
    await poll(connectionId);
    const records = Array.from({ length: 2500 }, (_, index) => ({
      id: 9_000_000 + index,
      name: `Bulk ${index}`,
    }));
    await stack.sandbox.load({ tenant: 'DFW', resource: 'customers', records });
    await stack.postgres.sql(
      `update public.sync_cursors set cursor = null, started_at = null, completed_at = null, next_read_at = null, pages_read = 0, records_read = 0
       where connection_id = '${connectionId}' and resource = 'customers' and path = 'feed'`,
    );
    const first = (await schedule('servicetitan-schedule', nextMinute())).find(
      (run) => run.task === 'servicetitan-backfill' && run.options.concurrencyKey === connectionId,
    );
    let ahead = 0;
    const now = vi
      .spyOn(systemClock, 'now')
      .mockImplementation(() => new Date(Date.now() + (ahead += 120_000)));
    const statuses: unknown[] = [];
    for (let run = first; run && statuses.length < 20;) {
      server.clear();
      const attempt = await runner.attempt(run.task, run.payload);
      expect(attempt).toMatchObject({ ok: true });
      statuses.push(attempt.ok ? attempt.output : null);
      run = server.runs.find(({ task }) => task === 'servicetitan-backfill');
    }
    now.mockRestore();
    expect(statuses.length).toBeGreaterThan(1);
    expect(statuses.at(-1)).toMatchObject({ status: 'complete' });
    expect(
      await count(
        'servicetitan_records',
        `connection_id = '${connectionId}' and resource = 'customers' and record_id >= 9000000`,
      ),
    ).toBe(2500);
    expect(await runner.attempt(first?.task ?? '', first?.payload)).toMatchObject({
      output: { status: 'overtaken' },
    });
  });
});
