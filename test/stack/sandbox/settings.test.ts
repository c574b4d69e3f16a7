import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSandbox } from './SandboxClient.ts';

it('keeps switches, apps and subscriptions in the data folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sandbox-settings-'));
  const first = await openSandbox({ dataDir });
  await first.control('PUT', 'switches', { otherTenant: '404' });
  await first.control('PUT', 'switches', { tenant: 'DFW', retryAfter: 'date' });
  await first.control('PUT', 'apps/mail', { tenants: [{ tenant: 'SOCAL', bookingProviders: [7] }] });
  await first.control('PUT', 'webhooks', [{ url: 'http://127.0.0.1:9/', app: 'mail', tenant: 'SOCAL' }]);
  const settings = async (client: typeof first) => [
    await client.control('GET', 'switches'),
    await client.control('GET', 'apps'),
    await client.control('GET', 'webhooks'),
  ];
  const before = await settings(first);
  await first.sandbox.close();
  const second = await openSandbox({ dataDir });
  expect(await settings(second)).toEqual(before);
  await second.sandbox.close();
  await rm(dataDir, { recursive: true, force: true });
});
