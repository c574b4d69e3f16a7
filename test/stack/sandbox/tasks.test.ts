import { afterAll, beforeAll, expect, it } from 'vitest';
import { loadCustomer, refused } from './calls.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const tasks = 'taskmanagement/v2/tenant/{t}/tasks';

beforeAll(async () => {
  client = await openSandbox();
  await loadCustomer(client);
});
afterAll(() => client.sandbox.close());

const task = {
  reportedById: 601,
  assignedToId: 601,
  isClosed: false,
  name: 'Call back',
  businessUnitId: 11,
  employeeTaskTypeId: 1,
  employeeTaskSourceId: 11,
  reportedDate: '2026-11-20T17:00:00Z',
  priority: 'High',
};

it('keeps tasks, and finds them by whom they are about and by their name', async () => {
  const { id } = await client.json('POST', tasks, { ...task, customerId: 1, description: 'Second option' });
  await client.json('POST', tasks, { ...task, name: 'Something else' });
  expect(await client.ids(`${tasks}?customerId=1`)).toEqual([id]);
  expect(await client.ids(`${tasks}?name=call`)).toEqual([id]);
  expect(await client.json('GET', `${tasks}/${id}`)).toMatchObject({
    name: 'Call back',
    description: 'Second option',
    customerName: 'Pat Placeholder',
    status: 'ToDo',
    active: true,
  });
});

it.each([
  ['assignedToId', { assignedToId: 99_999 }],
  ['employeeTaskTypeId', { employeeTaskTypeId: 99 }],
  ['businessUnitId', { businessUnitId: 99 }],
  ['name', { name: '' }],
  ['priority', { priority: 'Someday' }],
])('refuses a task with a wrong %s by its name', async (field, wrong) => {
  expect(await refused(client, 'POST', tasks, { ...task, ...wrong })).toEqual({
    status: 400,
    fields: [field],
  });
});
