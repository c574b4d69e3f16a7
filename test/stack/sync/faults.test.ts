import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { beginRead } from '#backend/repositories/readRepository.ts';
import type { WorkSummary } from '#backend/Worker.ts';
import { Worker } from '#backend/Worker.ts';
import { changeSettings } from '#test/helpers/changeSettings.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';
import { syncConnection } from '#trigger/serviceTitanSync.ts';

let stack: TestStack;
/** Whether tests share a stack, because each leaves it as it found it. */
let isShared = false;

beforeEach(async () => {
  if (!isShared) stack = await startTestStack();
});

afterEach(async () => {
  if (!isShared) await stack.close();
});

/** The status of a connection and its reason. */
async function statusOf(name: 'SOCAL' | 'DFW') {
  const connections = await stack.context.overview.connections(stack.identity.workspaceId);
  const connection = connections.find((candidate) => candidate.name === name);
  return { status: connection?.status, reason: connection?.statusReason ?? null };
}

async function lastErrorOf(resource: string): Promise<string | null | undefined> {
  const { resources } = await stack.context.overview.detail(
    stack.identity.workspaceId,
    stack.connections.socal.id,
  );
  const paths = resources.find((candidate) => candidate.resource === resource)?.paths;
  return paths?.map(({ lastError }) => lastError).find((error) => error !== null) ?? null;
}

function refuse(path: string, status: number): void {
  stack.sandbox.addFaults({ kind: 'status', path, status, tenant: stack.connections.socal.tenantId });
}

async function receiveLead(tenant: 'SOCAL' | 'DFW' = 'SOCAL'): Promise<void> {
  await stack.sandbox.story({ tenant, event: 'lead_received' });
}

async function workOnSocal(): Promise<WorkSummary> {
  return stack.worker.work({ connection: 'SOCAL', untilIdle: true });
}

describe('a connection in trouble', () => {
  it('whose credentials cannot be opened fails alone and says so', async () => {
    await stack.work();
    await stack.embedded.database.sql(
      `update public.connection_credentials set key_id = 'another', updated_at = now() where connection_id = '${stack.connections.dfw.id}'`,
    );
    await receiveLead();
    const summary = await stack.work();
    expect(summary.errors).toEqual([expect.stringMatching(/^DFW: .*CHOU_ENCRYPTION_KEY/)]);
    expect(summary.connections).toMatchObject({ DFW: { status: 'failed' }, SOCAL: { status: 'succeeded' } });
    expect(await statusOf('DFW')).toMatchObject({
      status: 'error',
      reason: expect.stringContaining('CHOU_ENCRYPTION_KEY'),
    });
    expect(await stack.mails()).toHaveLength(1);

    await stack.embedded.database.sql(
      `delete from public.connection_credentials where connection_id = '${stack.connections.dfw.id}'`,
    );
    const without = await stack.work();
    expect(without.errors).toEqual([expect.stringMatching(/^DFW: .*no credentials/)]);
  });

  it('on which the product itself fails leaves the others alone', async () => {
    const { socal, dfw } = stack.connections;
    await receiveLead('DFW');
    await stack.work();
    await stack.embedded.database.sql(
      `update public.servicetitan_records set data = '{}' where connection_id = '${dfw.id}' and resource = 'leads'`,
    );
    await stack.embedded.database.sql(
      `insert into public.derivation_queue (workspace_id, connection_id, entity, entity_id, source)
       select workspace_id, connection_id, 'leads', record_id, 'settings' from public.servicetitan_records where connection_id = '${dfw.id}' and resource = 'leads'`,
    );
    await receiveLead();
    const summary = await stack.work();
    expect(summary.errors).toEqual([expect.stringMatching(/^DFW: The sync stopped on an unexpected error/)]);
    expect(summary).toMatchObject({ transitions: 1, connections: { [socal.name]: { status: 'succeeded' } } });
    expect((await statusOf('DFW')).status).toBe('error');
    const { syncs } = await stack.context.overview.detail(stack.identity.workspaceId, dfw.id);
    expect(syncs.filter(({ status }) => status === 'running')).toEqual([]);
    expect(syncs.find(({ status }) => status === 'failed')?.error).toContain('unexpected error');
  });

  it('that no task can even begin with leaves the others alone', async () => {
    const synced: string[] = [];
    const worker = new Worker(stack.context, {
      syncConnection: (context, id) => {
        if (id === stack.connections.dfw.id) return Promise.reject(new Error('out of order'));
        synced.push(id);
        return syncConnection(context, id);
      },
      runDueWork: () => Promise.resolve({ steps: 0, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 }),
    });
    await worker.syncDueConnections();
    expect(synced).toEqual([stack.connections.socal.id]);
    const summary = await worker.work({ untilIdle: false });
    expect(summary.status).toBe('failed');
    expect(summary.errors).toEqual([expect.stringContaining(stack.connections.dfw.id)]);
    expect(synced).toHaveLength(2);
  });

  it('that another worker is reading is reported as not done', async () => {
    const { database, systemClock, clock } = stack.context;
    await stack.work();
    await beginRead(database, {
      connectionId: stack.connections.socal.id,
      resource: 'jobs',
      path: 'list',
      holder: randomUUID(),
      seconds: 60,
      force: 'always',
      now: clock.now(),
      systemNow: systemClock.now(),
    });
    const summary = await stack.work();
    expect(summary).toMatchObject({ status: 'failed', errors: ['SOCAL: another worker is syncing it'] });
    expect(summary.connections).toMatchObject({ SOCAL: { status: 'busy' }, DFW: { status: 'succeeded' } });
  });
});

describe('a place in a feed that the tenant refuses', () => {
  it('is left for a date, and nothing is lost or told twice', async () => {
    await receiveLead();
    await stack.work();
    await stack.embedded.database.sql(
      `update public.sync_cursors set cursor = 'forgotten' where resource in ('leads', 'jobs') and path = 'feed'`,
    );
    await stack.advance('PT1H');
    await receiveLead();
    const summary = await stack.worker.work({ untilIdle: true });
    expect(summary.errors).toEqual([]);
    expect(summary.connections['SOCAL']?.resources['leads']?.new).toBe(1);
    expect(await stack.mails()).toHaveLength(2);
    const cursors = await stack.embedded.database.sql<{ cursor: string }>(
      `select cursor from public.sync_cursors where cursor = 'forgotten'`,
    );
    expect(cursors).toEqual([]);
  });
});

describe('names for the screens that cannot be read', () => {
  it('keep no state from being derived', async () => {
    refuse('job-types', 418);
    refuse('business-units', 403);
    refuse('job-cancel-reasons', 400);
    await stack.work();
    await receiveLead();
    const summary = await stack.work();
    expect(summary.errors).toEqual([]);
    expect(summary.transitions).toBe(1);
    expect(await statusOf('SOCAL')).toEqual({
      status: 'connected',
      reason: expect.stringMatching(
        /no permission to read business units\. Business units have no names here\. Add tn\.stt\.businessunits:r/,
      ),
    });
    expect(await lastErrorOf('job_types')).toContain('418');
    expect(await lastErrorOf('business_units')).toContain('403');
  });
});

describe('a missing permission', () => {
  beforeAll(async () => {
    stack = await startTestStack();
    isShared = true;
    await stack.work();
  });
  afterAll(async () => {
    isShared = false;
    await stack.close();
  });

  it.each([
    ['customers', '/customers$'],
    ['jobs', '/jobs$'],
    ['appointments', '/appointments$'],
    ['estimates', '/estimates$'],
    ['canceled_logs', 'export/job-canceled-logs'],
  ])('to read %s keeps states from being derived, and is named', async (resource, path) => {
    refuse(path, 403);
    await receiveLead();
    const summary = await workOnSocal();
    const named = new RegExp(`no permission to read ${resource.replace('_', ' ')}`);
    expect(summary).toMatchObject({
      status: 'failed',
      transitions: 0,
      errors: [expect.stringMatching(named)],
    });
    expect(await statusOf('SOCAL')).toMatchObject({ status: 'error', reason: expect.stringMatching(named) });

    stack.sandbox.clearFaults();
    const recovered = await workOnSocal();
    expect(recovered).toMatchObject({ status: 'succeeded', transitions: 1, messagesSent: 1 });
    expect(await statusOf('SOCAL')).toEqual({ status: 'connected', reason: null });
  });

  it('to read what states can do without is named, and they go on', async () => {
    refuse('/bookings$', 403);
    refuse('/customers/contacts$', 403);
    await receiveLead();
    const summary = await workOnSocal();
    expect(summary).toMatchObject({ status: 'succeeded', transitions: 1, errors: [] });
    expect(await statusOf('SOCAL')).toMatchObject({
      status: 'connected',
      reason: expect.stringMatching(
        /no permission to read customer contacts\. .*no permission to read bookings\. /,
      ),
    });

    stack.sandbox.clearFaults();
    await workOnSocal();
    expect(await statusOf('SOCAL')).toEqual({ status: 'connected', reason: null });
  });
});

describe('a paused connection', () => {
  it('is not read, and stays paused whatever a read that was under way has met', async () => {
    await stack.work();
    const { id } = stack.connections.socal;
    await stack.embedded.database.sql(
      `update public.integration_connections set status = 'paused', status_reason = null where id = '${id}'`,
    );
    await stack.embedded.database.sql(`select public.note_derivation('${id}', 'out of order', now())`);
    expect((await statusOf('SOCAL')).status).toBe('paused');
    const { status } = await stack.context.syncs.readResource({
      connectionId: id,
      resource: 'jobs',
      path: 'list',
      source: 'manual',
      isForced: true,
    });
    expect(status).toBe('paused');
    const due = await stack.context.syncs.dueReads(new Date('2030-01-01T00:00:00Z'));
    expect(due.map(({ connectionName }) => connectionName)).not.toContain('SOCAL');
  });
});

describe('settings that change right before news', () => {
  it('do not keep the news from starting a flow', async () => {
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
    await stack.work();
    const { socal } = stack.connections;
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_canceled' });
    await changeSettings(stack, socal.id, { tags: { 987_654: 'other' } });
    const summary = await workOnSocal();
    expect(summary).toMatchObject({ transitions: 1, runsStarted: 1 });
  });
});

describe('work that never comes to an end', () => {
  it('is stopped, and says so', async () => {
    const worker = new Worker(stack.context, {
      syncConnection: (_context, connectionId) =>
        Promise.resolve({
          connectionId,
          connectionName: 'SOCAL',
          status: 'succeeded',
          error: null,
          resources: {},
          derived: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 },
          left: [],
          milliseconds: 0,
        }),
      runDueWork: () => Promise.resolve({ steps: 1, messagesSent: 0, messagesDelayed: 0, messagesFailed: 0 }),
    });
    const summary = await worker.work({ connection: 'SOCAL', untilIdle: true });
    expect(summary).toMatchObject({ status: 'failed', errors: [expect.stringContaining('200 rounds')] });
  });
});
