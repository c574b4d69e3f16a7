import { readdirSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { officeEvents } from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

const folder = new URL('../../../integrations/crm/servicetitan/sandbox/story/scripts/', import.meta.url);
const shipped = readdirSync(folder);
const outcome = z.object({
  customerId: z.int(),
  created: z.array(z.object({ resource: z.string(), id: z.int() })),
  changed: z.array(z.object({ resource: z.string(), id: z.int() })),
});
const answer = z.object({
  told: z.array(z.object({ entry: z.int(), at: z.string(), outcome: outcome.nullable() })),
});

let client: SandboxClient;

beforeEach(async () => {
  client = await openSandbox({ start: new Date('2026-01-05T18:00:00Z'), freeze: true });
});
afterEach(async () => client.sandbox.close());

async function play(script: unknown) {
  const { told } = answer.parse(await client.control('POST', 'story-script', script));
  client.forgetToken();
  return told;
}

const readShipped = (name: string): unknown => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const customerOf = (told: z.infer<typeof answer>['told']) => told[0]?.outcome?.customerId;
const jobsOf = async (id = 0) => (await client.list(`jpm/v2/tenant/{t}/jobs?customerId=${id}`)).data;
const estimatesOf = async (id = 0) =>
  (await client.list('sales/v2/tenant/{t}/estimates')).data.filter((row) => row['customerId'] === id);

describe('the shipped scripts', () => {
  it.each(shipped)('play %s from beginning to end', async (name) => {
    const script = readShipped(name);
    const told = await play(script);
    expect(told).toHaveLength(z.array(z.unknown()).parse(script).length);
    for (const { outcome: told1 } of told.filter((entry) => entry.outcome !== null)) {
      expect((told1?.created.length ?? 0) + (told1?.changed.length ?? 0)).toBeGreaterThan(0);
    }
  });

  it('sell one of two options', async () => {
    const told = await play(readShipped('sold-after-two-options.json'));
    const statuses = (await estimatesOf(customerOf(told))).map(({ status }) => status);
    expect(statuses).toMatchObject([{ name: 'Open' }, { name: 'Sold' }]);
    expect(told.map(({ at }) => at.slice(0, 10))).toEqual([
      '2026-01-05',
      '2026-01-06',
      '2026-01-09',
      '2026-01-09',
      '2026-01-12',
      '2026-01-13',
      '2026-01-19',
      '2026-01-25',
    ]);
  });

  it('close an appointment in the field and open another', async () => {
    const told = await play(readShipped('rescheduled-in-the-field.json'));
    const install = (await jobsOf(customerOf(told))).find((job) => job['createdFromEstimateId']);
    const { data } = await client.list(`jpm/v2/tenant/{t}/appointments?jobId=${install?.id}`);
    expect(data.map(({ status }) => status)).toEqual(['Done', 'Done']);
    expect(install).toMatchObject({ jobStatus: 'Completed' });
  });

  it('do sold work on the same job', async () => {
    const told = await play(
      z
        .array(z.record(z.string(), z.unknown()))
        .parse(readShipped('work-done-at-once.json'))
        .map((entry) => (entry['tenant'] === undefined ? entry : { ...entry, tenant: 'SOCAL' })),
    );
    const jobs = await jobsOf(customerOf(told));
    const [estimate] = await estimatesOf(customerOf(told));
    expect(jobs).toMatchObject([{ jobStatus: 'Completed', total: estimate?.['subtotal'] }]);
    expect(estimate).toMatchObject({
      status: { name: 'Sold' },
      items: [{ invoiceItemId: expect.any(Number) }],
    });
  });

  it('come back to what was installed', async () => {
    const told = await play(readShipped('recall.json'));
    const jobs = await jobsOf(customerOf(told));
    const install = jobs.find((job) => job['createdFromEstimateId']);
    expect(jobs.at(-1)).toMatchObject({ recallForId: install?.id, jobStatus: 'Scheduled' });
    expect(await client.control('GET', 'clock')).toMatchObject({ now: '2026-02-21T18:00:00.000Z' });
  });
});

describe('a script', () => {
  it('merges one customer into another by their names', async () => {
    const told = await play([
      { event: 'lead_received', tenant: 'SOCAL', as: 'kim' },
      { at: '+1h', event: 'lead_received', as: 'kim again' },
      { at: '+2h', event: 'customers_merged', customer: 'kim', other: 'kim again' },
    ]);
    const [winner, loser] = told.map((entry) => entry.outcome?.customerId);
    const path = 'crm/v2/tenant/{t}/customers';
    expect(await client.json('GET', `${path}/${loser}`)).toMatchObject({ active: false, mergedToId: winner });
  });

  it('keeps what was told before an entry that is refused', async () => {
    const refused = await client.send('POST', '/_sandbox/story-script', [
      { event: 'lead_received', tenant: 'SOCAL', as: 'ana' },
      { at: '+1d', event: 'install_canceled', customer: 'ana' },
    ]);
    expect([refused.status, refused.text]).toEqual([
      409,
      expect.stringMatching(/entry 2 \(install_canceled\): .* has no scheduled install/),
    ]);
    expect((await client.list('crm/v2/tenant/{t}/leads')).data).toHaveLength(1);
  });

  it.each([
    [[{ event: 'nonsense' }], /entry 1 \(nonsense\): event must be one of lead_received/],
    [
      [{ at: 'tomorrow', event: 'lead_received' }],
      /entry 1 \(lead_received\): at must be a time from the start/,
    ],
    [[{ event: 'lead_received' }], /entry 1 \(lead_received\): tenant is required/],
    [[{ at: '+1d', customer: 'ana' }], /entry 1: event is required/],
    [[{}], /entry 1: event or at or advance is required/],
    [
      [{ event: 'sales_booked', tenant: 'SOCAL', customer: 'ana' }],
      /entry 1 \(sales_booked\): nobody is called ana/,
    ],
    [[{ at: '+2d' }, { at: '+1d' }], /entry 2: at lies before/],
    [[], /the script must have an entry/],
    [{}, /the script must be an array/],
  ])('is refused as %j, naming the entry', async (script, message) => {
    const refused = await client.send('POST', '/_sandbox/story-script', script);
    expect([refused.status, refused.text]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('what else happens in an office', () => {
  it.each(officeEvents)('makes everything for %s in an empty tenant', async (event) => {
    await client.control('DELETE', 'tenants/SOCAL');
    const told = outcome.parse(await client.control('POST', 'story', { tenant: 'SOCAL', event }));
    expect(told.created).toContainEqual({ resource: 'customers', id: told.customerId });
  });

  it('finds somebody for each event among generated customers', async () => {
    const own = await openSandbox({ customers: 60, seed: 3 });
    for (const event of officeEvents) {
      const told = outcome.parse(await own.control('POST', 'story', { tenant: 'SOCAL', event }));
      expect(told.created.length + told.changed.length).toBeGreaterThan(0);
    }
    await own.sandbox.close();
  });
});
