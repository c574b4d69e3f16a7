import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCustomer, newJob, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const customers = 'crm/v2/tenant/{t}/customers';
const ours = '11111111-aaaa-4bbb-8ccc-222222222222';
const theirs = '33333333-aaaa-4bbb-8ccc-444444444444';

function data(applicationGuid: string, values: Record<string, string | null>, patchMode?: string) {
  const externalData = Object.entries(values).map(([key, value]) => ({ key, value }));
  return { externalData: { applicationGuid, externalData, ...(patchMode && { patchMode }) } };
}

beforeEach(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterEach(async () => client.sandbox.close());

it('is kept apart by application, replaced or merged', async () => {
  await client.json('PATCH', `${customers}/1`, data(ours, { score: '1', step: 'a' }));
  await client.json('PATCH', `${customers}/1`, data(theirs, { score: '9' }));
  const merged = await client.json(
    'PATCH',
    `${customers}/1`,
    data(ours, { score: '2', step: null }, 'Merge'),
  );
  expect(merged['externalData']).toEqual([
    { key: 'score', value: '9' },
    { key: 'score', value: '2' },
  ]);
  await client.json('PATCH', `${customers}/1`, data(ours, { other: 'x' }, 'Replace'));
  const [row] = (await client.list(`${customers}?externalDataApplicationGuid=${ours.toUpperCase()}`)).data;
  expect(row).toMatchObject({ externalData: [{ key: 'other', value: 'x' }] });
});

it.each([
  [`externalDataKey=score&externalDataValues=1,7`, [1]],
  [`externalDataKey=score&externalDataValues=7`, []],
  [`externalDataKey=step`, []],
  [`externalDataValues=1`, [1]],
])('finds records by %s', async (query, ids) => {
  await client.json('PATCH', `${customers}/1`, data(ours, { score: '1' }));
  expect(await client.ids(`${customers}?externalDataApplicationGuid=${ours}&${query}`)).toEqual(ids);
  expect(await client.ids(`${customers}?externalDataApplicationGuid=${theirs}&${query}`)).toEqual([]);
});

it('asks whose data is meant, and in the form of a GUID', async () => {
  expect(await refused(client, 'GET', `${customers}?externalDataKey=score`)).toEqual({
    status: 400,
    fields: ['externalDataApplicationGuid'],
  });
  expect(await refused(client, 'GET', `${customers}?externalDataApplicationGuid=ours`)).toEqual({
    status: 400,
    fields: ['externalDataApplicationGuid'],
  });
  expect(await refused(client, 'PATCH', `${customers}/1`, data('ours', {}))).toEqual({
    status: 400,
    fields: ['externalData.applicationGuid'],
  });
});

it.each([
  ['jpm/v2/tenant/{t}/jobs', newJob],
  ['jpm/v2/tenant/{t}/projects', { locationId: 1 }],
  ['jpm/v2/tenant/{t}/job-types', { name: 'Tune-up' }],
  [
    'crm/v2/tenant/{t}/locations',
    {
      customerId: 1,
      name: 'Shop',
      address: { street: '1 A', city: 'B', state: 'CA', zip: '1', country: 'USA' },
    },
  ],
])('is attached when a record of %s is made', async (path, body) => {
  const { id } = await client.json('POST', path, { ...body, ...data(ours, { ref: 'A-1' }) });
  expect(await client.json('GET', `${path}/${id}?externalDataApplicationGuid=${ours}`)).toMatchObject({
    externalData: [{ key: 'ref', value: 'A-1' }],
  });
  expect(await client.json('GET', `${path}/${id}?externalDataApplicationGuid=${theirs}`)).toMatchObject({
    externalData: [],
  });
});
