import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let client: SandboxClient;
const all = 'pageSize=5000';
const accounting = 'accounting/v2/tenant/{t}';

beforeAll(async () => {
  client = await openSandbox({ customers: 120, start: new Date('2026-05-15T18:30:00Z') });
});
afterAll(async () => client.sandbox.close());

const invoice = z.looseObject({
  id: z.int(),
  total: z.string(),
  balance: z.string(),
  paidOn: z.string().nullable(),
  customer: z.object({ id: z.int(), name: z.string() }),
  items: z.array(z.looseObject({ total: z.string(), estimateItemId: z.int().nullable() })),
});

async function invoices() {
  const { data } = await client.list(`${accounting}/invoices?${all}&activeState=All`);
  return data.map((row) => invoice.parse(row));
}

it('has an invoice for every job, with the total of those that are done', async () => {
  const byId = new Map((await invoices()).map((row) => [row.id, row]));
  const { data: jobs } = await client.list(`jpm/v2/tenant/{t}/jobs?${all}`);
  expect(jobs.filter((job) => !byId.has(Number(job['invoiceId'])))).toEqual([]);
  const done = jobs.filter((job) => job['jobStatus'] === 'Completed');
  expect(done.length).toBeGreaterThan(20);
  for (const job of done) {
    const bill = byId.get(Number(job['invoiceId']));
    expect(Number(bill?.total)).toBe(job['total']);
    expect(bill?.items.reduce((sum, item) => sum + Number(item.total), 0)).toBe(job['total']);
  }
});

it('bills installs by what was sold', async () => {
  const { data: estimates } = await client.list(`sales/v2/tenant/{t}/estimates?${all}&status=Sold`);
  const sold = new Set(
    estimates
      .flatMap((row) => z.array(z.looseObject({ id: z.int() })).parse(row['items']))
      .map(({ id }) => id),
  );
  const billed = (await invoices())
    .flatMap(({ items }) => items)
    .filter((item) => item.estimateItemId !== null);
  expect(billed.length).toBeGreaterThan(5);
  expect(billed.filter((item) => !sold.has(item.estimateItemId ?? 0))).toEqual([]);
});

it('has customers who owe what is left of their invoices', async () => {
  const owed = new Map<number, number>();
  for (const { customer, balance } of await invoices())
    owed.set(customer.id, (owed.get(customer.id) ?? 0) + Number(balance));
  const { data: customers } = await client.list(`crm/v2/tenant/{t}/customers?${all}&active=Any`);
  const merged = new Set(
    customers.filter((row) => row['mergedToId'] !== null).map((row) => row['mergedToId']),
  );
  const plain = customers.filter((row) => row['mergedToId'] === null && !merged.has(row.id));
  for (const row of plain) expect([row.id, row['balance']]).toEqual([row.id, owed.get(row.id) ?? 0]);
});

it('has paid invoices and open ones', async () => {
  const bills = (await invoices()).filter(({ total }) => Number(total) > 0);
  const paid = bills.filter(({ balance }) => Number(balance) === 0);
  expect(paid.length).toBeGreaterThan(0);
  expect(paid.length).toBeLessThan(bills.length);
  expect(paid.filter(({ paidOn }) => paidOn === null)).toEqual([]);
  expect((await client.list(`${accounting}/payments?${all}`)).data).toHaveLength(paid.length);
});

it.each([
  'memberships/v2/tenant/{t}/memberships?active=Any',
  'equipmentsystems/v2/tenant/{t}/installed-equipment',
  'telecom/v3/tenant/{t}/calls',
])('has some of %s', async (path) => {
  expect((await client.list(path)).data.length).toBeGreaterThan(0);
});
