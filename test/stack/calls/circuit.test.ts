import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.work();
});

afterAll(async () => {
  await stack.close();
});

async function circuitOf(name: string) {
  const connections = await stack.context.overview.connections(stack.identity.workspaceId);
  return connections.find((connection) => connection.name === name)?.circuit;
}

async function askTenant(): Promise<unknown> {
  const client = await stack.context.connections.clientOf(stack.connections.socal.id, 'person');
  return await client.getJobs({ customerId: 1 }).then(
    (jobs) => jobs.length,
    (error: unknown) => error,
  );
}

async function requestsToTenant(): Promise<number> {
  const reply = await fetch(`${stack.sandbox.url}/_sandbox/counters`);
  return z.object({ total: z.number() }).parse(await reply.json()).total;
}

describe('a tenant that has stopped answering', () => {
  it('is not called any more after five failures in a row, and the hub says so', async () => {
    const { tenantId } = stack.connections.socal;
    stack.sandbox.addFaults({ kind: 'status', status: 503, retryAfter: 0, tenant: tenantId });
    for (let count = 0; count < 5; count += 1) {
      expect(await askTenant()).toMatchObject({ kind: 'unavailable', status: 503 });
    }
    const before = await requestsToTenant();
    expect(await askTenant()).toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/paused until .* failed 5 times in a row/),
    });
    expect(await requestsToTenant()).toBe(before);
    const circuit = await circuitOf('SOCAL');
    expect(circuit).toMatchObject({ state: 'open', failures: 5, reason: expect.stringContaining('503') });
    const waitMs = Date.parse(circuit?.nextTryAt ?? '') - stack.context.clock.now().getTime();
    expect(waitMs).toBeGreaterThan(20_000);
    expect(waitMs).toBeLessThanOrEqual(30_000);
    expect(await circuitOf('DFW')).toBeNull();
    const events = await stack.embedded.database.sql(
      `select 1 from change_events where type = 'connection' and payload ->> 'connectionId' = '${stack.connections.socal.id}'`,
    );
    expect(events.length).toBeGreaterThanOrEqual(2);
  });

  it('is tried again when the time has passed, and then called as before', async () => {
    stack.sandbox.clearFaults();
    await stack.embedded.database.sql(`update connection_circuits set next_try_at = clock_timestamp()`);
    expect(await askTenant()).toBe(0);
    expect(await circuitOf('SOCAL')).toBeNull();
  });

  it('is called at once when its credentials were entered again', async () => {
    await stack.embedded.database.sql(
      `insert into connection_circuits (connection_id, workspace_id, state, failures, openings, next_try_at, reason)
       values ('${stack.connections.socal.id}', '${stack.identity.workspaceId}', 'open', 5, 4, clock_timestamp() + interval '5 minutes', 'It did not answer.')`,
    );
    expect(await circuitOf('SOCAL')).toMatchObject({ state: 'open' });
    const [tenant] = stack.sandbox.tenants();
    if (!tenant) throw new Error('The sandbox has no tenant.');
    const { clientId, clientSecret, appKey, timeZone } = tenant;
    await stack.context.connections.connect(
      stack.identity.workspaceId,
      {
        name: 'SOCAL',
        environment: 'sandbox',
        tenantId: tenant.id,
        timeZone,
        clientId,
        clientSecret,
        appKey,
      },
      stack.identity.email,
    );
    expect(await circuitOf('SOCAL')).toBeNull();
  });
});
