import { backToContact, lifecycleFlow, transactional } from '#backend/flow/lifecycle/lifecycleFlow.ts';
import { installFlows } from '#backend/repositories/flowRepository.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { applyJourneys, loadDerivation } from '#backend/repositories/derivationRepository.ts';
import { changeSettings } from '#test/helpers/changeSettings.ts';
import { startTestStack, testStart, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
let lastId = 700_000;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.advance('PT1H');
});

afterAll(async () => {
  await stack.close();
});

const tenant = 410_387_862;
const now = () => stack.sandbox.clock.now().toISOString();

async function put(resource: string, ...records: Record<string, unknown>[]): Promise<void> {
  const at = now();
  await stack.sandbox.load({
    tenant,
    resource,
    records: records.map((record) => ({ createdOn: at, modifiedOn: at, ...record })),
  });
}

/** A customer with an e-mail address, known to the product. */
async function addCustomer(more: Record<string, unknown> = {}): Promise<{ id: number; email: string }> {
  lastId += 10;
  const email = `case.${lastId}@example.com`;
  await put('customers', { id: lastId, name: `Customer ${lastId}`, ...more });
  await put('customer-contacts', { id: lastId, customerId: lastId, type: 'Email', value: email });
  return { id: lastId, email };
}

async function jobTypeOf(kind: 'sales' | 'install'): Promise<number> {
  const [row] = await stack.embedded.database.sql<{ id: number }>(
    `select servicetitan_id::int as id from job_classifications where connection_id = $1 and kind = $2 order by 1 limit 1`,
    stack.connections.socal.id,
    kind,
  );
  return row?.id ?? 0;
}

async function bookVisit(customer: { id: number }, more: Record<string, unknown> = {}): Promise<number> {
  lastId += 1;
  const id = lastId;
  const start = new Date(stack.sandbox.clock.now().getTime() + 5 * 24 * 3600_000).toISOString();
  const job = {
    id,
    jobNumber: String(id),
    customerId: customer.id,
    locationId: customer.id,
    jobStatus: 'Scheduled',
  };
  await put('jobs', { ...job, jobTypeId: await jobTypeOf('sales'), ...more });
  await put('appointments', {
    id: id + 100_000,
    jobId: id,
    customerId: customer.id,
    start,
    end: start,
    status: 'Scheduled',
  });
  return id;
}

async function statesOf(customerId: number): Promise<number[]> {
  const rows = await stack.embedded.database.sql<{ state: number }>(
    `select current_state::float as state from customer_servicetitan_state where servicetitan_customer_id = $1 order by 1`,
    customerId,
  );
  return rows.map((row) => row.state);
}

async function subjects(email: string): Promise<string[]> {
  return (await stack.mails()).filter((mail) => mail.to.includes(email)).map((mail) => mail.subject);
}

describe('deriving and applying', () => {
  it('refuses what was derived before somebody else applied something', async () => {
    const customer = await addCustomer();
    await put('leads', { id: customer.id, status: 'Open', customerId: customer.id, campaignId: 1 });
    await stack.context.syncs.syncConnection(stack.connections.dfw.id, 'poll');
    const { database } = stack.context;
    const connectionId = stack.connections.socal.id;
    await database.rpc('enqueue_all_journeys', { p_connection: connectionId, p_source: 'settings' });
    await stack.context.syncs.syncConnection(connectionId, 'poll');
    await database.rpc('enqueue_all_journeys', { p_connection: connectionId, p_source: 'settings' });
    const loaded = await loadDerivation(database, connectionId, {
      limit: 10,
      now: testStart,
      onlyPeople: false,
      isFirst: true,
      after: { records: 0, settings: 0 },
    });
    await stack.context.states.deriveConnection(connectionId);
    await expect(
      applyJourneys(database, {
        connectionId,
        derivation: loaded?.derivation ?? -1,
        contacts: [],
        changes: [],
        leads: [],
        touched: [],
        queueIds: loaded?.queueIds ?? [],
        walk: loaded?.walk ?? null,
        now: testStart,
      }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('goes on with a lead’s follow-ups when the visit that took it over turns out to be a mistake', async () => {
    const customer = await addCustomer();
    await put('leads', { id: customer.id, status: 'Open', customerId: customer.id, campaignId: 1 });
    await stack.work();
    expect(await subjects(customer.email)).toHaveLength(1);
    await stack.advance('PT1H');
    const job = await bookVisit(customer);
    await stack.work();
    expect(await statesOf(customer.id)).toEqual([2]);
    const booked = (await subjects(customer.email)).length;
    await stack.advance('PT1H');
    await put('jobs', {
      id: job,
      jobNumber: String(job),
      customerId: customer.id,
      locationId: customer.id,
      jobStatus: 'Scheduled',
      jobTypeId: await jobTypeOf('sales'),
      active: false,
    });
    await stack.work();
    expect(await statesOf(customer.id)).toEqual([0, 1]);
    await stack.advance('P2D');
    expect(await subjects(customer.email)).toHaveLength(booked + 1);
  });

  it('derives nothing from records of a poll that failed half-way, also when a person sets a state meanwhile', async () => {
    const customer = await addCustomer();
    const [canceled, other] = [await bookVisit(customer), await bookVisit(customer)];
    await stack.work();
    await stack.advance('PT1H');
    const [duplicate] = await stack.embedded.database.sql<{ id: number }>(
      `select record_id::int as id from servicetitan_records where resource = 'cancel_reasons' and data ->> 'name' ilike '%duplicate%' limit 1`,
    );
    await put('jobs', {
      id: canceled,
      jobNumber: String(canceled),
      customerId: customer.id,
      locationId: customer.id,
      jobStatus: 'Canceled',
      jobTypeId: await jobTypeOf('sales'),
    });
    await put('canceled-logs', { id: canceled, jobId: canceled, reasonId: duplicate?.id, active: true });
    stack.sandbox.addFaults({ kind: 'status', path: 'export/job-canceled-logs', status: 400 });
    await stack.context.syncs.syncConnection(stack.connections.socal.id, 'poll');
    stack.sandbox.clearFaults();
    const journeyOf = async (job: number) => {
      const [row] = await stack.embedded.database.sql<{ id: string }>(
        `select id from customer_servicetitan_state where root_type = 'job' and root_id = $1`,
        job,
      );
      return row?.id ?? '';
    };
    const transitionsOf = async (job: number) =>
      stack.embedded.database.sql<{ to: number; source: string }>(
        `select to_state::float as to, source from state_transitions where journey_id = $1 order by id`,
        await journeyOf(job),
      );
    await stack.context.states.setState({
      journeyId: await journeyOf(other),
      connectionId: stack.connections.socal.id,
      state: 4,
      reason: 'Sold by phone.',
      setBy: 'owner@demo.example',
      source: 'manual',
    });
    expect(await transitionsOf(other)).toContainEqual({ to: 4, source: 'manual' });
    expect(await transitionsOf(canceled)).toEqual([{ to: 2, source: 'poll' }]);
    await stack.work();
    expect((await transitionsOf(canceled)).map(({ to }) => to)).not.toContain(2.5);
    expect((await transitionsOf(canceled)).at(-1)).toEqual({ to: 0, source: 'poll' });
  });

  it('mails a lead that became a customer as that customer wants it', async () => {
    lastId += 10;
    const id = lastId;
    const lead = {
      id,
      status: 'Open',
      campaignId: 1,
      leadCustomerName: 'Fictional Fern',
      leadEmail: 'fern@example.com',
    };
    await put('leads', lead);
    await stack.work();
    expect(await subjects('fern@example.com')).toHaveLength(1);
    await stack.advance('PT1H');
    // The lead names its customer before that one can be read.
    await put('leads', { ...lead, customerId: id });
    await stack.work();
    await stack.advance('PT1H');
    await put('customers', { id, name: 'Fictional Fern', doNotMail: true });
    await put('customer-contacts', { id, customerId: id, type: 'Email', value: 'fern@example.com' });
    await stack.work();
    await stack.advance('P5D');
    expect(await subjects('fern@example.com')).toHaveLength(1);
  });

  it('mails who made a booking at the address that the booking’s contacts hold', async () => {
    const service = await stack.context.connections.clientOf(stack.connections.socal.id, 'flow');
    await service.createBooking({
      externalId: 'derivation-test',
      source: 'Website',
      name: 'Fictional Finn',
      summary: 'A quote',
      isFirstTimeClient: true,
      contacts: [
        { type: 'Phone', value: '(555) 555-0123' },
        { type: 'Email', value: 'finn@example.com' },
      ],
    });
    await stack.work();
    expect(await subjects('finn@example.com')).toHaveLength(1);
  });

  it('goes on when the contacts of a booking cannot be had', async () => {
    lastId += 10;
    const id = lastId;
    stack.sandbox.addFaults({ kind: 'status', path: `bookings/${id}/contacts`, status: 404 });
    await put('bookings', { id, status: 'New', source: 'Website', name: 'Fictional Fay' });
    const summary = await stack.context.syncs.syncConnection(stack.connections.socal.id, 'poll');
    stack.sandbox.clearFaults();
    expect(summary).toMatchObject({ status: 'succeeded', resources: { bookings: { new: 1, failed: 0 } } });
  });

  it('lets a flow’s e-mail go out before the same flow sets the state', async () => {
    const { flows } = stack.context;
    const { workspaceId, email } = stack.identity;
    const lifecycle = (await flows.list(workspaceId)).flows.find((flow) => flow.triggerState === 1);
    await flows.setStatus(workspaceId, lifecycle?.id ?? '', 'paused', email);
    const graph = lifecycleFlow(
      { templateKey: 'thank', name: 'Thank and close', description: '', triggerState: 1 },
      [transactional('mail', { subject: 'Thanks', body: 'Thanks.' }), backToContact('Thanked.')],
    );
    await installFlows(stack.context.database, {
      workspaceId,
      flows: [graph],
      author: email,
      now: testStart,
    });
    const flow = {
      id: (await flows.list(workspaceId)).flows.find(({ name }) => name === graph.name)?.id ?? '',
    };
    const customer = await addCustomer();
    await put('leads', { id: customer.id, status: 'Open', customerId: customer.id, campaignId: 1 });
    await stack.work();
    expect(await subjects(customer.email)).toEqual(['Thanks']);
    expect(await statesOf(customer.id)).toEqual([0]);
    await flows.setStatus(workspaceId, flow.id, 'paused', email);
    await flows.setStatus(workspaceId, lifecycle?.id ?? '', 'live', email);
  });

  it('keeps who entered while a flow was paused, and goes on when it is live again', async () => {
    const { flows } = stack.context;
    const { workspaceId, email } = stack.identity;
    const followup = (await flows.list(workspaceId)).flows.find((flow) => flow.triggerState === 1);
    await flows.setStatus(workspaceId, followup?.id ?? '', 'paused', email);
    const customer = await addCustomer();
    await put('leads', { id: customer.id, status: 'Open', customerId: customer.id, campaignId: 1 });
    await stack.work();
    expect(await subjects(customer.email)).toEqual([]);
    await flows.setStatus(workspaceId, followup?.id ?? '', 'live', email);
    await stack.work();
    expect(await subjects(customer.email)).toHaveLength(1);
  });

  it('keeps what the administrator has confirmed when credentials are renewed', async () => {
    const { connections, database } = stack.context;
    const { socal } = stack.connections;
    const kindsOf = async () =>
      stack.embedded.database.sql(
        `select servicetitan_id, kind from job_classifications where connection_id = $1 order by 1`,
        socal.id,
      );
    await changeSettings(stack, socal.id, { jobTypes: { [await jobTypeOf('install')]: 'other' } });
    await database
      .from('integration_connections')
      .update({ settings: { otherEstimateMinimum: 2500 } })
      .eq('id', socal.id);
    const before = await kindsOf();
    const credentials = stack.sandbox.tenants().find(({ id }) => id === tenant);
    await connections.connect(
      stack.identity.workspaceId,
      {
        name: 'SOCAL',
        environment: 'sandbox',
        timeZone: 'America/Los_Angeles',
        tenantId: tenant,
        clientId: credentials?.clientId ?? '',
        clientSecret: credentials?.clientSecret ?? '',
        appKey: credentials?.appKey ?? '',
      },
      'owner@demo.example',
    );
    expect(await kindsOf()).toEqual(before);
    const [row] = await stack.embedded.database.sql<{ settings: unknown }>(
      `select settings from integration_connections where id = $1`,
      socal.id,
    );
    expect(row?.settings).toEqual({ otherEstimateMinimum: 2500 });
  });
});
