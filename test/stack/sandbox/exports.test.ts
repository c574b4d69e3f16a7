import { afterAll, beforeAll, expect, it } from 'vitest';
import { exportPageSize } from '#integrations/crm/servicetitan/sandbox/resources/readExport.ts';
import { sandboxAppKey } from '#integrations/crm/servicetitan/sandbox/tenants.ts';
import { dfw, openSandbox, readProblem, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const feed = 'crm/v2/tenant/{t}/export/customers';

beforeAll(async () => {
  client = await openSandbox();
});
afterAll(async () => client.sandbox.close());

const named = (id: number, modifiedOn = '2026-01-01T00:00:00Z') => ({
  id,
  name: 'Pat',
  createdOn: modifiedOn,
  modifiedOn,
});

it('hands out pages until it has caught up, and then one token for as long as nothing changes', async () => {
  const count = exportPageSize + 5;
  await client.load(
    'customers',
    Array.from({ length: count }, (_, index) => named(index + 1)),
  );
  const first = await client.export(feed);
  expect([first.data.length, first.hasMore]).toEqual([exportPageSize, true]);
  const second = await client.export(feed, first.continueFrom);
  expect([second.data.map(({ id }) => id), second.hasMore]).toEqual([[1001, 1002, 1003, 1004, 1005], false]);
  const third = await client.export(feed, second.continueFrom);
  expect(third).toEqual({ data: [], hasMore: false, continueFrom: second.continueFrom });
});

it('shows what is loaded later behind a token, however old it says it is, and a changed record again', async () => {
  const { continueFrom } = await client.export(feed, (await client.export(feed)).continueFrom);
  await client.load('customers', [named(5000, '2020-01-01T00:00:00Z')]);
  await client.call('PATCH', 'crm/v2/tenant/{t}/customers/3', { name: 'Kim' });
  const next = await client.export(feed, continueFrom);
  expect(next.data.map(({ id, name }) => [id, name])).toEqual([
    [5000, 'Pat'],
    [3, 'Kim'],
  ]);
});

it('begins at a date, and shows inactive rows', async () => {
  await client.load('customers', [
    { ...named(6000, '2026-06-01T00:00:00Z'), active: false },
    named(6001, '2026-05-01'),
  ]);
  const { data } = await client.export(feed, '2026-05-15T00:00:00Z');
  expect(data.map(({ id }) => id)).toEqual([3, 6000]);
});

it('narrows only the appointments by active', async () => {
  await client.load('jobs', [{ id: 1, customerId: 1, active: false }]);
  await client.load('appointments', [
    { id: 1, jobId: 1, start: '2026-01-01', end: '2026-01-02', active: false },
  ]);
  const count = async (path: string, active?: string) =>
    (await client.export(path, undefined, active)).data.length;
  expect(await count('jpm/v2/tenant/{t}/export/appointments', 'True')).toBe(0);
  expect(await count('jpm/v2/tenant/{t}/export/appointments')).toBe(1);
  expect(await count('jpm/v2/tenant/{t}/export/jobs', 'True')).toBe(1);
});

it('refuses a token of other data, of another tenant, and of changes that are not there', async () => {
  const refusal = async (reader: SandboxClient, from: string) => {
    const answer = await reader.call('GET', `${feed}?from=${encodeURIComponent(from)}`);
    return [answer.status, Object.keys(readProblem(answer).errors)];
  };
  const { continueFrom } = await client.export(feed);
  const other = await openSandbox({ seed: 2 });
  expect(await refusal(other, continueFrom)).toEqual([400, ['from']]);
  await other.sandbox.close();

  const start = new Date('2026-01-01T00:00:00Z');
  const [first, same] = [await openSandbox({ start }), await openSandbox({ start })];
  await first.load('customers', [named(1)]);
  const { continueFrom: ahead } = await first.export(feed);
  expect(await refusal(same, ahead)).toEqual([400, ['from']]);
  await same.load('customers', [named(1)]);
  expect((await same.export(feed, ahead)).continueFrom).toBe(ahead);
  await first.load('customers', [named(1)], dfw.id);
  const { access_token } = await first.token(dfw);
  const path = `/crm/v2/tenant/${dfw.id}/export/customers?from=${ahead}`;
  const headers = { Authorization: `Bearer ${access_token}`, 'ST-App-Key': sandboxAppKey };
  expect((await first.send('GET', path, undefined, headers)).status).toBe(400);
  for (const reader of [first, same]) await reader.sandbox.close();
});

it('refuses a token of another feed', async () => {
  const { continueFrom } = await client.export(feed);
  const answer = await client.call('GET', `jpm/v2/tenant/{t}/export/jobs?from=${continueFrom}`);
  expect([answer.status, Object.keys(readProblem(answer).errors)]).toEqual([400, ['from']]);
});
