import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateNumber } from '#backend/schemas/state.ts';
import { startTestStack, testStart, type TestStack } from '#test/helpers/testStack.ts';

type Wire = Record<string, unknown>;

const hour = 3600_000;
const day = 24 * hour;
const at = (offset: number) => new Date(testStart.getTime() + offset).toISOString();
const past = { createdOn: at(-2 * day), modifiedOn: at(-2 * day) };

/** Builds one customer's records; ids are made from the case's number, so that cases do not meet. */
class Case {
  readonly base: number;
  readonly records: Record<string, Wire[]> = {};

  constructor(number: number) {
    this.base = 500_000 + number * 100;
    this.add('customers', { id: this.base, name: `Case ${number}`, ...past });
  }

  add(resource: string, record: Wire): this {
    (this.records[resource] ??= []).push(record);
    return this;
  }

  job(index: number, kind: 'sales' | 'install' | 'other', status: string, more: Wire = {}): this {
    const { appointment = 2 * day, ...fields } = more;
    this.add('jobs', {
      id: this.base + index,
      jobNumber: String(this.base + index),
      customerId: this.base,
      locationId: this.base,
      jobStatus: status,
      jobTypeId: kinds[kind],
      total: 0,
      ...past,
      ...(status === 'Completed' ? { completedOn: at(-day) } : {}),
      ...fields,
    });
    if (typeof appointment !== 'number') return this;
    return this.add('appointments', {
      id: this.base + 50 + index,
      jobId: this.base + index,
      customerId: this.base,
      start: at(appointment),
      end: at(appointment + 2 * hour),
      status: appointment > 0 ? 'Scheduled' : 'Done',
      ...past,
    });
  }

  estimate(index: number, jobIndex: number | null, status: string, more: Wire = {}): this {
    return this.add('estimates', {
      id: this.base + 70 + index,
      jobId: jobIndex === null ? null : this.base + jobIndex,
      customerId: this.base,
      locationId: this.base,
      status: { value: 0, name: status },
      reviewStatus: 'None',
      subtotal: 5000,
      tax: 0,
      isChangeOrder: false,
      ...past,
      ...(status === 'Sold' ? { soldOn: at(-day) } : {}),
      ...more,
    });
  }

  canceledLog(index: number, more: Wire = {}): this {
    const reasonId = reasons.real;
    return this.add('canceled-logs', {
      id: this.base + 90 + index,
      jobId: this.base + index,
      reasonId,
      createdOn: at(-hour),
      active: true,
      ...more,
    });
  }
}

const kinds = { sales: 0, install: 0, other: 0 };
const reasons = { real: 0, clerical: 0 };

interface Row {
  title: string;
  states: StateNumber[];
  build: (one: Case) => Case;
}

/** Each row of the table of states where it holds, and beside it where it just does not. */
const rows: Row[] = [
  {
    title: '6: an install is completed and none is open',
    states: [6],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Completed', { appointment: -day, createdFromEstimateId: c.base + 71 }),
  },
  {
    title: '6 not: another install of it is still open',
    states: [5],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Completed', { appointment: -day, createdFromEstimateId: c.base + 71 })
        .job(3, 'install', 'Scheduled', { createdFromEstimateId: c.base + 71 }),
  },
  {
    title: '6: sold and done on the spot',
    states: [6],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day, total: 5000 })
        .estimate(1, 1, 'Sold', { items: [item(c.base + 1)] }),
  },
  {
    title: '6 not: sold on the spot, but the job is worth less',
    states: [4],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day, total: 4999.99 })
        .estimate(1, 1, 'Sold', { items: [item(c.base + 1)] }),
  },
  {
    title: '5: an install is open and has an appointment',
    states: [5],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Scheduled', { createdFromEstimateId: c.base + 71 }),
  },
  {
    title: '5 not: its appointment was deleted',
    states: [4],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Scheduled', { createdFromEstimateId: c.base + 71, appointment: null }),
  },
  {
    title: '5.5: all installs are canceled',
    states: [5.5],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Canceled', { createdFromEstimateId: c.base + 71 })
        .canceledLog(2),
  },
  {
    title: '5.5 not: the cancellation is clerical',
    states: [4],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Sold')
        .job(2, 'install', 'Canceled', { createdFromEstimateId: c.base + 71 })
        .canceledLog(2, { reasonId: reasons.clerical }),
  },
  {
    title: '4: an estimate is sold',
    states: [4],
    build: (c) => c.job(1, 'sales', 'Completed', { appointment: -day }).estimate(1, 1, 'Sold'),
  },
  {
    title: '4 not: it is a change order',
    states: [0],
    build: (c) =>
      c.job(1, 'sales', 'Completed', { appointment: -day }).estimate(1, 1, 'Sold', { isChangeOrder: true }),
  },
  {
    title: '3: an estimate is open and the visit is over',
    states: [3],
    build: (c) => c.job(1, 'sales', 'Completed', { appointment: -day }).estimate(1, 1, 'Open'),
  },
  {
    title: '3 not: the visit is still ahead',
    states: [2],
    build: (c) => c.job(1, 'sales', 'Scheduled').estimate(1, 1, 'Open'),
  },
  {
    title: '3 not: nobody has approved it',
    states: [0],
    build: (c) =>
      c
        .job(1, 'sales', 'Completed', { appointment: -day })
        .estimate(1, 1, 'Open', { reviewStatus: 'NeedsApproval' }),
  },
  {
    title: '3: a large estimate on a service call',
    states: [3],
    build: (c) =>
      c.job(1, 'other', 'Completed', { appointment: -day }).estimate(1, 1, 'Open', { subtotal: 1000 }),
  },
  {
    title: '3 not: a small repair on a service call',
    states: [0],
    build: (c) =>
      c.job(1, 'other', 'Completed', { appointment: -day }).estimate(1, 1, 'Open', { subtotal: 999.99 }),
  },
  { title: '2: a sales job is open', states: [2], build: (c) => c.job(1, 'sales', 'Scheduled') },
  {
    title: '2 not: the job is a warranty visit',
    states: [0],
    build: (c) => c.job(1, 'sales', 'Scheduled', { warrantyId: 7 }),
  },
  {
    title: '2.5: the sales job is canceled',
    states: [2.5],
    build: (c) => c.job(1, 'sales', 'Canceled').canceledLog(1),
  },
  {
    title: '2.5 not: the customer has booked again',
    states: [0, 2],
    build: (c) =>
      c
        .job(1, 'sales', 'Canceled')
        .canceledLog(1)
        .job(2, 'sales', 'Scheduled', { createdOn: at(-hour / 2) }),
  },
  {
    title: '1: a lead is open',
    states: [1],
    build: (c) =>
      c.add('leads', { id: c.base + 1, status: 'Open', customerId: c.base, campaignId: 1, ...past }),
  },
  {
    title: '1: a booking is new',
    states: [1],
    build: (c) =>
      c.add('bookings', {
        id: c.base + 1,
        status: 'New',
        source: 'Website',
        name: `Case ${(c.base - 500_000) / 100}`,
        ...past,
      }),
  },
  {
    title: '1 not: the lead was dismissed',
    states: [0],
    build: (c) =>
      c.add('leads', { id: c.base + 1, status: 'Dismissed', customerId: c.base, campaignId: 1, ...past }),
  },
  { title: '0: a customer of whom nothing is known', states: [0], build: (c) => c },
  { title: '0: a maintenance visit', states: [0], build: (c) => c.job(1, 'other', 'Scheduled') },
  {
    title: '0: an install that was finished 90 days ago',
    states: [0],
    build: (c) =>
      c.job(1, 'install', 'Completed', {
        appointment: -90 * day,
        createdOn: at(-95 * day),
        completedOn: at(-90 * day),
      }),
  },
  {
    title: '6: an install that was finished just less than 90 days ago',
    states: [6],
    build: (c) =>
      c.job(1, 'install', 'Completed', {
        appointment: -90 * day,
        createdOn: at(-95 * day),
        completedOn: at(-90 * day + hour),
      }),
  },
];

function item(id: number): Wire {
  return {
    id,
    sku: { id: 1, name: 'SKU', displayName: 'Furnace', type: 'Service' },
    description: 'Furnace',
    qty: 1,
    unitRate: 5000,
    total: 5000,
    invoiceItemId: 12,
  };
}

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.work();
  const names = await stack.embedded.database.sql<{ id: number; name: string; resource: string }>(
    `select record_id::int as id, data ->> 'name' as name, resource from servicetitan_records
     where connection_id = '${stack.connections.socal.id}' and resource in ('job_types', 'cancel_reasons')`,
  );
  const idOf = (resource: string, pattern: RegExp) =>
    names.find((row) => row.resource === resource && pattern.test(row.name))?.id ?? 0;
  kinds.sales = idOf('job_types', /sales|estimate/i);
  kinds.install = idOf('job_types', /install/i);
  kinds.other = idOf('job_types', /maintenance|service call/i);
  reasons.real = idOf('cancel_reasons', /think|price|changed/i);
  reasons.clerical = idOf('cancel_reasons', /duplicate/i);
  expect(Object.values({ ...kinds, ...reasons })).not.toContain(0);
  const resources: Record<string, Wire[]> = {};
  for (const [number, row] of rows.entries()) {
    for (const [resource, records] of Object.entries(row.build(new Case(number)).records))
      (resources[resource] ??= []).push(...records);
  }
  for (const [resource, records] of Object.entries(resources)) {
    const response = await fetch(`${stack.sandbox.url}/_sandbox/tenants/410387862/${resource}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(records),
    });
    expect([resource, response.status, response.ok ? '' : await response.text()]).toEqual([
      resource,
      200,
      '',
    ]);
  }
  await stack.work();
});

afterAll(async () => {
  await stack.close();
});

describe('the table of states, through the sandbox on the embedded stack', () => {
  it.each(rows.map((row, number) => ({ number, ...row })))('$title', async ({ number, states }) => {
    const { customers } = await stack.context.customers.list({
      workspaceId: stack.identity.workspaceId,
      connectionId: null,
      search: `Case ${number}`,
      state: null,
      cursor: null,
      limit: 50,
    });
    const own = customers.filter((card) => card.customerName === `Case ${number}`).map((card) => card.state);
    // A booking has no customer, so the customer's own card stands beside it.
    const expected = rows[number]?.title === '1: a booking is new' ? [0, ...states] : states;
    expect(own.toSorted((a, b) => a - b)).toEqual(expected);
  });

  it('mailed nobody, because all of it happened before the connection was made', async () => {
    expect(await stack.mails()).toEqual([]);
  });
});
