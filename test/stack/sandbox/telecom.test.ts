import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadCustomer, old, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const calls = 'telecom/v3/tenant/{t}/calls';
const call = 'telecom/v2/tenant/{t}/calls/1';
const optOuts = 'telecom/v3/tenant/{t}/optinouts/optouts';

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
  await client.load('calls', [
    { id: 1, from: '(213) 555-0123', duration: '00:02:31', type: 'Unbooked', campaign: { id: 2 }, ...old },
    { id: 2, from: '2135550188', duration: '00:00:05', agent: { id: 7, name: 'Dahlia' }, ...old },
  ]);
});
afterEach(async () => client.sandbox.close());

describe('calls', () => {
  it('are listed under the job that came of them, and sorted up without a plus', async () => {
    expect((await client.list(`${calls}?sort=Id`)).data[0]).toMatchObject({
      id: 1,
      jobNumber: '',
      leadCall: { duration: '00:02:31', callType: 'Unbooked', campaign: { id: 2, name: 'Search ads' } },
    });
    expect(await client.ids(`${calls}?sort=-Id`)).toEqual([2, 1]);
    expect((await refused(client, 'GET', `${calls}?sort=%2BId`)).fields).toEqual(['sort']);
  });

  it.each([
    ['minDuration=60', [1]],
    ['callerPhoneNumber=2135550123', [1]],
    ['agentName=dahlia', [2]],
    ['campaignId=2', [1]],
    ['createdAfter=2026-01-01T00:00:00Z', []],
    ['createdOnOrAfter=2026-01-01T00:00:00Z', [1, 2]],
  ])('are narrowed by %s', async (query, ids) => {
    expect(await client.ids(`${calls}?${query}`)).toEqual(ids);
  });

  it('are classified in version 2, which shows the caller whole', async () => {
    const changed = await client.json('PUT', call, {
      callType: 'Excused',
      excuseMemo: 'Sold something',
      reason: { name: 'Wrong number', lead: false },
      customer: { id: 1, name: 'Pat' },
      location: { id: 1, name: 'Home' },
      tag: 'spam',
    });
    expect(changed).toMatchObject({
      id: 1,
      callType: 'Excused',
      reason: { name: 'Wrong number', lead: false },
      customer: { id: 1, name: 'Pat Placeholder', contacts: [] },
    });
    expect(await client.json('GET', call)).toMatchObject({ leadCall: changed });
    expect((await client.export('telecom/v2/tenant/{t}/export/calls')).data).toMatchObject([
      { id: 2 },
      { id: 1, type: 'Excused', excuseMemo: 'Sold something', customer: { name: 'Pat Placeholder' } },
    ]);
  });

  it('are refused without what classifies them', async () => {
    expect((await refused(client, 'PUT', call, {})).fields).toEqual([
      'excuseMemo',
      'reason',
      'customer',
      'location',
      'tag',
    ]);
    expect((await client.call('GET', 'telecom/v2/tenant/{t}/calls/9')).status).toBe(404);
  });
});

describe('opt-outs', () => {
  const answer = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    JSON.parse((await client.call(method, path, body)).text);

  it('are kept by number, and found by number', async () => {
    const [first, second] = ['+12135550100', '+12135550101'];
    const body = { optOutType: 'Marketing', contactNumbers: [first, second] };
    expect(await answer('POST', optOuts, body)).toEqual({
      data: [
        { contactNumber: first, status: 'Ok' },
        { contactNumber: second, status: 'Ok' },
      ],
    });
    await answer('POST', optOuts, { optOutType: 'Global', contactNumbers: [first] });
    expect(await answer('GET', optOuts)).toEqual({
      data: [
        { contactNumber: first, optOutType: 'Global' },
        { contactNumber: second, optOutType: 'Marketing' },
      ],
    });
    expect(await answer('POST', `${optOuts}/getlist`, { contactNumbers: [second, '+12135550102'] })).toEqual({
      data: [{ contactNumber: second, optOutType: 'Marketing' }],
    });
  });

  it('are refused altogether for one invalid number', async () => {
    const body = { optOutType: 'Global', contactNumbers: ['+12135550100', '555'] };
    expect(await refused(client, 'POST', optOuts, body)).toEqual({
      status: 400,
      fields: ['contactNumbers[1]'],
    });
    expect(await answer('GET', optOuts)).toEqual({ data: [] });
  });
});
