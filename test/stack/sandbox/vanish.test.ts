import { afterEach, beforeEach, expect, it } from 'vitest';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-01-15T18:00:00Z'), freeze: true });
  await client.load(
    'customers',
    [1, 2, 3].map((id) => ({ id, name: `Customer ${id}` })),
  );
});
afterEach(async () => client.sandbox.close());

it('a record that vanishes is in no list, feed or answer any more', async () => {
  const reply = await client.control('POST', 'vanish', { tenant: 'SOCAL', resource: 'customers', ids: [2] });
  expect(reply).toEqual({ resource: 'customers', vanished: 1 });
  expect(await client.ids(`${customers}?active=Any`)).toEqual([1, 3]);
  const feed = await client.export('crm/v2/tenant/{t}/export/customers');
  expect(feed.data.map(({ id }) => id)).toEqual([1, 3]);
  expect((await client.call('GET', `${customers}/2`)).status).toBe(404);
});

it('what is not there cannot vanish', async () => {
  const answer = await client.send('POST', '/_sandbox/vanish', {
    tenant: 'SOCAL',
    resource: 'customers',
    ids: [1, 9],
  });
  expect(answer.status).toBe(400);
  expect(await client.ids(`${customers}?active=Any`)).toEqual([1, 2, 3]);
});
