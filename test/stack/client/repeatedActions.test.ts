import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { ServiceTitanIntegration } from '#integrations/crm/servicetitan/ServiceTitanIntegration.ts';
import { resolveServiceTitanConfig } from '#integrations/crm/servicetitan/ServiceTitanConfig.ts';
import { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { startSandbox, type Sandbox } from '#integrations/crm/servicetitan/sandbox/startSandbox.ts';

let sandbox: Sandbox;
let service: ServiceTitanService;
let customerId: number;
let jobId: number;
let leadId: number;
let tagTypeId: number;

beforeAll(async () => {
  sandbox = await startSandbox({ port: 0, seed: 7, customers: 60, requestsPerSecond: 10_000 });
  const [tenant] = sandbox.tenants();
  if (!tenant) throw new Error('The sandbox has no tenant.');
  const { id: tenantId, clientId, clientSecret, appKey } = tenant;
  service = new ServiceTitanService({
    config: resolveServiceTitanConfig(
      { environment: 'sandbox', tenantId, clientId, clientSecret, appKey },
      { authUrl: sandbox.url, apiUrl: sandbox.url },
    ),
    clock: sandbox.clock,
    sleep: () => Promise.resolve(),
  });
  customerId = await firstId(service.calls.listCustomers());
  jobId = await firstId(service.calls.listJobs());
  leadId = await firstId(service.calls.listLeads({ status: 'Open' }));
  tagTypeId = await firstId(service.calls.listTagTypes());
});

afterAll(() => sandbox.close());

async function firstId(pages: AsyncIterable<{ records: { id: number }[] }>): Promise<number> {
  for await (const { records } of pages) if (records[0]) return records[0].id;
  throw new Error('The sandbox has no such record.');
}

async function run(id: string, input: object, idempotencyKey: string) {
  const action = new ServiceTitanIntegration().actions.find((each) => each.id === `servicetitan_${id}`);
  if (!action) throw new Error(`There is no ${id}.`);
  const host = { updateState: () => Promise.reject(new Error('No state is set here.')) };
  return await action.run({ service, clock: sandbox.clock, idempotencyKey, host }, input);
}

async function all<Row>(pages: AsyncIterable<{ records: Row[] }>): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const { records } of pages) rows.push(...records);
  return rows;
}

const writes = {
  'a note on a customer': {
    id: 'add_note',
    input: () => ({ customerId, text: 'A lost answer' }),
    path: '/crm/v2/.*/customers/[^/]+/notes$',
    count: async () =>
      (await all(service.calls.listCustomerNotes({ id: customerId }))).filter(({ text }) =>
        text.startsWith('A lost answer'),
      ).length,
  },
  'a note on a job': {
    id: 'add_note',
    input: () => ({ about: 'job', jobId, text: 'A lost answer' }),
    path: '/jpm/v2/.*/jobs/[^/]+/notes$',
    count: async () =>
      (await all(service.calls.listJobNotes({ id: jobId }))).filter(({ text }) =>
        text.startsWith('A lost answer'),
      ).length,
  },
  'a follow-up': {
    id: 'follow_up_lead',
    input: () => ({ leadId, followUpDate: '2035-01-05T17:00:00Z', text: 'A lost answer' }),
    path: '/crm/v2/.*/leads/[^/]+/(follow-up|notes)$',
    count: async () =>
      (await all(service.calls.listLeadNotes({ id: leadId }))).filter(({ text }) =>
        text.startsWith('A lost answer'),
      ).length,
  },
  'a task': {
    id: 'create_task',
    input: () => ({ customerId, name: 'A lost answer', assignedTo: employee }),
    path: '/taskmanagement/v2/.*/tasks$',
    count: async () =>
      (await all(service.calls.listTasks({ name: 'A lost answer' }))).filter(
        ({ customerId: whose }) => whose === customerId,
      ).length,
  },
  'a tag': {
    id: 'add_tag',
    input: () => ({ customerId, tagTypeId }),
    path: '/crm/v2/.*/tags$',
    count: async () =>
      (await service.calls.getCustomer({ id: customerId })).tagTypeIds.filter((id) => id === tagTypeId)
        .length,
  },
} as const;

let employee = '';
beforeAll(async () => {
  const { employees } = await service.calls.getTaskChoices();
  employee = employees.find(({ active }) => active)?.name ?? '';
});

it.each(Object.entries(writes))(
  '%s is made once, though each answer is lost and each step tried again',
  async (_, write) => {
    for (const fault of [{ kind: 'status', status: 504 }, { kind: 'cut' }] as const) {
      const key = `run:1:node:${write.path}:${fault.kind}`;
      const before = await write.count();
      sandbox.addFaults({
        ...fault,
        after: true,
        times: 1,
        method: write.id === 'add_tag' ? 'PUT' : 'POST',
        path: write.path,
      });
      try {
        await run(write.id, write.input(), key);
      } finally {
        sandbox.clearFaults();
      }
      await run(write.id, write.input(), key);
      expect(await write.count()).toBe(write.id === 'add_tag' ? 1 : before + 1);
    }
  },
);

it('a tag comes and goes, of customers and of jobs', async () => {
  const changed = z.object({ changed: z.boolean(), tagTypeIds: z.array(z.number()) });
  const change = async (id: string, input: object) => changed.parse(await run(id, input, 'run:1:node:tag:1'));
  for (const target of [{ customerId }, { of: 'job', jobId }]) {
    const input = { ...target, tagTypeId };
    await change('remove_tag', input);
    expect(await change('add_tag', input)).toMatchObject({ changed: true });
    expect(await change('add_tag', input)).toMatchObject({ changed: false });
    expect((await change('remove_tag', input)).tagTypeIds).not.toContain(tagTypeId);
    expect(await change('remove_tag', input)).toMatchObject({ changed: false });
  }
});

it('another step of the same run writes a note of its own', async () => {
  const count = async () => (await all(service.calls.listCustomerNotes({ id: customerId }))).length;
  const before = await count();
  await run('add_note', { customerId, text: 'Same words' }, 'run:1:node:a:1');
  await run('add_note', { customerId, text: 'Same words' }, 'run:1:node:a:2');
  expect(await count()).toBe(before + 2);
});
