import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { storyEvents } from '#integrations/crm/servicetitan/sandbox/story/storyInput.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

const reference = z.array(z.object({ resource: z.string(), id: z.int() }));
const outcome = z.object({
  customerId: z.int(),
  customerName: z.string(),
  created: reference,
  changed: reference,
});

let client: SandboxClient;

beforeAll(async () => {
  client = await openSandbox({ customers: 120, seed: 7 });
});
afterAll(async () => client.sandbox.close());

async function tell(event: string, customerId?: number) {
  return outcome.parse(await client.control('POST', 'story', { tenant: 'SOCAL', event, customerId }));
}

function ids({ created, changed }: z.infer<typeof outcome>, resource: string): number[] {
  return [...created, ...changed].filter((entry) => entry.resource === resource).map(({ id }) => id);
}

const jobOf = (id = 0) => client.json('GET', `jpm/v2/tenant/{t}/jobs/${id}`);
const appointmentsOf = async (id = 0) =>
  (await client.list(`jpm/v2/tenant/{t}/appointments?jobId=${id}`)).data;
const estimateOf = (id = 0) => client.json('GET', `sales/v2/tenant/{t}/estimates/${id}`);

describe('the story of one customer', () => {
  it('goes from a lead with an e-mail address to a finished install, then is told anew', async () => {
    const { customerId, ...lead } = await tell('lead_received');
    const contacts = (await client.list(`crm/v2/tenant/{t}/customers/${customerId}/contacts`)).data;
    expect(contacts).toContainEqual(
      expect.objectContaining({ type: 'Email', value: expect.stringContaining('@example.') }),
    );
    const leadId = ids({ customerId, ...lead }, 'leads')[0];
    expect(await client.json('GET', `crm/v2/tenant/{t}/leads/${leadId}`)).toMatchObject({
      status: 'Open',
      customerId,
    });

    const booked = await tell('sales_booked', customerId);
    expect(await client.json('GET', `crm/v2/tenant/{t}/leads/${leadId}`)).toMatchObject({
      status: 'Converted',
    });
    const visitId = ids(booked, 'jobs')[0];
    const [visit] = await appointmentsOf(visitId);
    const daysAhead =
      (Date.parse(String(visit?.['start'])) - client.sandbox.clock.now().getTime()) / 86_400_000;
    expect(daysAhead).toBeGreaterThan(1);
    expect(daysAhead).toBeLessThan(6);

    const canceled = await tell('sales_canceled', customerId);
    expect(canceled.created.map(({ resource }) => resource)).toEqual(['canceled_logs']);
    expect(await jobOf(visitId)).toMatchObject({ jobStatus: 'Canceled' });
    const log = (await client.list(`jpm/v2/tenant/{t}/jobs/${visitId}/canceled-log`)).data[0];
    const reasons = (await client.list('jpm/v2/tenant/{t}/job-cancel-reasons')).data;
    expect(reasons.find(({ id }) => id === log?.['reasonId'])?.['name']).not.toMatch(
      /duplicate|test|mistake/i,
    );

    const rebooked = await tell('sales_booked', customerId);
    const estimated = await tell('estimate_created', customerId);
    expect(ids(estimated, 'jobs')).toEqual(ids(rebooked, 'jobs'));
    expect(await jobOf(ids(rebooked, 'jobs')[0])).toMatchObject({ jobStatus: 'Completed' });
    expect(await appointmentsOf(ids(rebooked, 'jobs')[0])).toMatchObject([{ status: 'Done' }]);
    const estimateId = ids(estimated, 'estimates')[0];
    expect(await estimateOf(estimateId)).toMatchObject({
      status: { name: 'Open' },
      customerId,
      isChangeOrder: false,
    });

    expect((await tell('estimate_sold', customerId)).changed).toEqual([
      { resource: 'estimates', id: estimateId },
    ]);
    expect(await estimateOf(estimateId)).toMatchObject({ status: { name: 'Sold' } });

    const install = ids(await tell('install_scheduled', customerId), 'jobs')[0];
    expect(await jobOf(install)).toMatchObject({ createdFromEstimateId: estimateId, jobStatus: 'Scheduled' });
    expect(await appointmentsOf(install)).toMatchObject([{ status: 'Scheduled' }]);

    await tell('install_canceled', customerId);
    expect(await jobOf(install)).toMatchObject({ jobStatus: 'Canceled' });
    const second = ids(await tell('install_scheduled', customerId), 'jobs')[0];
    expect(await jobOf(second)).toMatchObject({ createdFromEstimateId: estimateId });

    await tell('install_completed', customerId);
    const done = await jobOf(second);
    expect(done).toMatchObject({ jobStatus: 'Completed', total: (await estimateOf(estimateId))['subtotal'] });
    expect(await appointmentsOf(second)).toMatchObject([{ status: 'Done' }]);

    expect(ids(await tell('lead_received', customerId), 'leads')).toHaveLength(1);
  });

  it.each(['estimate_created', 'estimate_sold', 'install_scheduled', 'install_completed'])(
    'makes what has to come before %s for somebody who has nothing',
    async (event) => {
      const { customerId } = await tell('lead_received');
      const told = await tell(event, customerId);
      const visit = await jobOf(ids(told, 'jobs')[0]);
      expect(visit).toMatchObject({ customerId, jobStatus: 'Completed' });
      expect(ids(told, 'estimates')).toHaveLength(1);
      expect(ids(told, 'leads')).toHaveLength(1);
    },
  );

  it.each(['sales_canceled', 'install_canceled'])('cannot do %s with nothing to cancel', async (event) => {
    const { customerId } = await tell('lead_received');
    const body = { tenant: 'SOCAL', event, customerId };
    const answer = await client.send('POST', '/_sandbox/story', body);
    expect(answer.status).toBe(409);
    expect(answer.text).toMatch(/that could be canceled/);
  });

  it('refuses a second booking of what is booked', async () => {
    const { customerId } = await tell('sales_booked');
    const answer = await client.send('POST', '/_sandbox/story', {
      tenant: 'SOCAL',
      event: 'sales_booked',
      customerId,
    });
    expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('booked already')]);
  });
});

describe('a story without a chosen customer', () => {
  it.each(storyEvents)('finds somebody for %s who may get e-mail', async (event) => {
    const { customerId, created, changed } = await tell(event);
    expect(await client.json('GET', `crm/v2/tenant/{t}/customers/${customerId}`)).toMatchObject({
      active: true,
      doNotMail: false,
    });
    expect(created.length + changed.length).toBeGreaterThan(0);
  });

  it.each(storyEvents)('makes everything for %s in an empty tenant', async (event) => {
    const own = await openSandbox();
    await own.control('DELETE', 'tenants/SOCAL');
    const told = outcome.parse(await own.control('POST', 'story', { tenant: 'SOCAL', event }));
    expect(told.created).toContainEqual({ resource: 'customers', id: told.customerId });
    await own.sandbox.close();
  });
});

it.each([
  [{ tenant: 'NOWHERE', event: 'sales_booked' }, /tenant must be one of 410387862 \(SOCAL\)/],
  [{ tenant: 'SOCAL', event: 'moon_landed' }, /event must be one of lead_received, sales_booked/],
  [{ tenant: 'SOCAL', event: 'sales_booked', customerId: 1 }, /customerId 1 is no customer/],
  [{ tenant: 'SOCAL', event: 'sales_booked', customer: 1 }, /customer/],
])('refuses %j by its field', async (body, message) => {
  const answer = await client.send('POST', '/_sandbox/story', body);
  expect([answer.status, answer.text]).toEqual([400, expect.stringMatching(message)]);
});
