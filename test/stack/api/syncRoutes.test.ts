import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { serveTestStack, startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let server: { url: string; close(): Promise<void> };
let base: string;

beforeAll(async () => {
  stack = await startTestStack({ customers: 12 });
  server = await serveTestStack(stack);
  base = `/api/connections/${stack.connections.socal.id}`;
  await stack.work();
});
afterAll(async () => {
  await server.close();
  await stack.close();
});

async function ask(method: string, path: string, body?: unknown) {
  const reply = await fetch(`${server.url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${stack.embedded.secrets.apiToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: z.looseObject({}).parse(await reply.json()) };
}

describe('how a connection is read', () => {
  it('is shown resource by resource, in read order', async () => {
    const { status, body } = await ask('GET', base);
    expect(status).toBe(200);
    const { resources, backfillFrom } = z
      .object({ resources: z.array(z.looseObject({ resource: z.string() })), backfillFrom: z.null() })
      .parse(body);
    expect(backfillFrom).toBeNull();
    expect(resources.map(({ resource }) => resource).slice(0, 3)).toEqual([
      'customers',
      'customer_contacts',
      'bookings',
    ]);
    expect(resources).toHaveLength(15);
    expect(resources[0]).toMatchObject({
      records: 12,
      setAside: 0,
      lag: expect.any(Number),
      pollSeconds: 300,
      pausedAt: null,
      paths: [
        { path: 'list', status: 'idle', failures: 0, lastError: null },
        { path: 'feed', status: 'idle', recordsRead: expect.any(Number) },
        { path: 'full', status: 'never', nextReadAt: expect.any(String) },
      ],
      backfill: { recordsRead: 12, expected: 12, secondsLeft: null, doneAt: expect.any(String) },
    });
    expect(resources.at(-1)).toMatchObject({ resource: 'suppressions', pollSeconds: 1800, backfill: null });
  });

  it('can be paused and resumed, at a pace of one’s own, and each is in the audit log', async () => {
    expect(await ask('POST', `${base}/resources/leads/pause`)).toMatchObject({
      status: 200,
      body: { resource: 'leads', pausedBy: 'owner@demo.example', paths: [{ status: 'paused' }, {}, {}] },
    });
    expect(await ask('PATCH', `${base}/resources/leads`, { pollSeconds: 900 })).toMatchObject({
      body: { pollSeconds: 900, pausedBy: 'owner@demo.example' },
    });
    expect(await ask('PATCH', `${base}/resources/leads`, { pollSeconds: 5 })).toMatchObject({ status: 400 });
    expect(await ask('POST', `${base}/resources/leads/resume`)).toMatchObject({ body: { pausedAt: null } });
    expect(await ask('PATCH', `${base}/resources/leads`, { pollSeconds: null })).toMatchObject({
      body: { pollSeconds: 300 },
    });
    expect(await ask('POST', `${base}/resources/leads/cancel`)).toMatchObject({ status: 409 });
    expect(await ask('POST', `${base}/resources/nothing/pause`)).toMatchObject({ status: 400 });
    const log = await stack.embedded.database.sql<{ action: string }>(
      `select action from public.audit_log where action like 'connection.resource.%' order by at, action`,
    );
    expect(
      log.map(({ action }) => action.split('.').at(-1) ?? '').toSorted((a, b) => a.localeCompare(b)),
    ).toEqual(['pause', 'resume', 'schedule', 'schedule']);
  });

  it('can be run now, and what it brings is told', async () => {
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    expect(await ask('POST', `${base}/resources/leads/run`)).toEqual({
      status: 202,
      body: { started: true },
    });
    await stack.worker.requests.idle();
    const [row] = await stack.embedded.database.sql<{ sent: number }>(
      `select count(*)::int as sent from public.messages`,
    );
    expect(row?.sent).toBe(1);
  });

  it('begins anew on demand', async () => {
    const { status } = await ask('POST', `${base}/backfill`, { from: '2026-01-01T00:00:00Z' });
    expect(status).toBe(202);
    await stack.worker.requests.idle();
    expect(await ask('GET', base)).toMatchObject({ body: { backfillFrom: '2026-01-01T00:00:00.000Z' } });
    expect(await ask('POST', `${base}/backfill`, { from: 'yesterday' })).toMatchObject({ status: 400 });
  });

  it('shows nobody another workspace’s connection', async () => {
    const other = '/api/connections/00000000-0000-4000-8000-000000000000';
    expect(await ask('POST', `${other}/resources/leads/pause`)).toMatchObject({ status: 404 });
    expect(await ask('POST', `${other}/resources/leads/run`)).toMatchObject({ status: 404 });
    expect(await ask('POST', `${other}/backfill`, { from: null })).toMatchObject({ status: 404 });
    expect(await ask('GET', `${other}/rejected`)).toMatchObject({ status: 404 });
  });
});

describe('what was set aside', () => {
  it('is listed page by page, and one record is tried again', async () => {
    await stack.embedded.database.sql(
      `insert into public.rejected_records (connection_id, workspace_id, resource, record_id, issues, data, read_at)
       select '${stack.connections.socal.id}', '${stack.identity.workspaceId}', 'jobs', n, '["name: missing"]', '{}', now() from generate_series(800001, 800060) n`,
    );
    const first = await ask('GET', `${base}/rejected?resource=jobs`);
    const page = z.object({ records: z.array(z.unknown()), nextCursor: z.string() }).parse(first.body);
    expect(page.records).toHaveLength(50);
    const second = await ask('GET', `${base}/rejected?resource=jobs&cursor=${page.nextCursor}`);
    expect(second.body).toMatchObject({ nextCursor: null });
    expect(await ask('POST', `${base}/rejected/jobs/800001/retry`)).toMatchObject({
      status: 200,
      body: { outcome: 'gone', issues: [] },
    });
    // What ServiceTitan does not have any more is not kept for another try either.
    expect(await ask('POST', `${base}/rejected/jobs/800001/retry`)).toMatchObject({ status: 404 });
    expect(await ask('POST', `${base}/rejected/jobs/1/retry`)).toMatchObject({ status: 404 });
  });
});

describe('how much there is to read', () => {
  it('is told of a connection, and of a tenant before it is connected', async () => {
    const connectionId = stack.connections.socal.id;
    const all = await ask('POST', '/api/servicetitan/auth/volume', { tenant: { connectionId }, from: null });
    expect(all.status).toBe(200);
    const { resources, records } = z
      .object({
        resources: z.array(z.object({ resource: z.string(), records: z.number().nullable() })),
        records: z.number(),
        seconds: z.number(),
      })
      .parse(all.body);
    expect(resources.find(({ resource }) => resource === 'customers')?.records).toBeGreaterThanOrEqual(12);
    expect(resources.find(({ resource }) => resource === 'canceled_logs')?.records).toBeNull();
    const [socal] = stack.sandbox.tenants();
    const tenant = {
      environment: 'sandbox',
      tenantId: socal?.id,
      clientId: socal?.clientId,
      clientSecret: socal?.clientSecret,
      appKey: socal?.appKey,
    };
    const late = await ask('POST', '/api/servicetitan/auth/volume', { tenant, from: '2026-03-02T00:00:00Z' });
    expect(late.status).toBe(200);
    expect(z.object({ records: z.number() }).parse(late.body).records).toBeLessThan(records);
    const wrong = { ...tenant, clientSecret: 'wrong' };
    const refused = await ask('POST', '/api/servicetitan/auth/volume', { tenant: wrong, from: null });
    expect(refused.status).toBe(502);
  });
});
