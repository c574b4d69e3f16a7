import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { lookUps } from '#integrations/crm/servicetitan/operations/lookUps.ts';
import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';
import { ConformClient } from '#test/conform/ConformClient.ts';
import { writeSamples } from '#test/conform/writes/writeSamples.ts';
import type { WriteName } from '#test/conform/writes/WriteWorld.ts';

let sandbox: Sandbox;
let client: ConformClient;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 1, customers: 60, requestsPerSecond: 10_000 });
  const [tenant] = sandbox.tenants();
  if (!tenant) throw new Error('The sandbox has no tenant.');
  const { id: tenantId, clientId, clientSecret, appKey, bookingProviderId } = tenant;
  const { url, clock } = sandbox;
  client = new ConformClient({ url, tenantId, clientId, clientSecret, appKey, bookingProviderId, clock });
});

afterAll(() => sandbox.close());

function isWrite(name: string): name is WriteName {
  return name in writeSamples;
}

const counters = z.object({ byOperation: z.record(z.string(), z.number()) });

/** How often the operation was asked for. */
async function asked(name: WriteName): Promise<number> {
  const { byOperation } = counters.parse(await (await fetch(`${sandbox.url}/_sandbox/counters`)).json());
  const { method, path } = operations[name];
  const wanted = `${method} /${path}`.replaceAll(/\{\w+\}/g, ':');
  return Object.entries(byOperation)
    .filter(([operation]) => operation.replaceAll(/:\w+/g, ':') === wanted)
    .reduce((sum, [, count]) => sum + count, 0);
}

async function countedIn(name: WriteName): Promise<number> {
  await fetch(`${sandbox.url}/_sandbox/counters`, { method: 'DELETE' });
  await writeSamples[name](client.calls);
  return await asked(name);
}

it.each(Object.keys(lookUps).filter(isWrite))(
  '%s is confirmed by what it did when the gateway gave up, and is not sent again',
  async (name) => {
    const undisturbed = await countedIn(name);
    const { method, path } = operations[name];
    const pattern = `^/${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`;
    sandbox.addFaults({ kind: 'status', status: 504, after: true, times: 1, method, path: pattern });
    try {
      expect(await countedIn(name)).toBe(undisturbed);
    } finally {
      sandbox.clearFaults();
    }
  },
);
