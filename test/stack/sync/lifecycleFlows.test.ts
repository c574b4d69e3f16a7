import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StateNumber } from '#backend/schemas/state.ts';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

type StoryEvent = Parameters<TestStack['sandbox']['story']>[0]['event'];

let stack: TestStack;

beforeAll(async () => {
  stack = await startTestStack();
  await stack.work();
});

afterAll(async () => {
  await stack.close();
});

/** Lets the events happen to one new customer, one after the other, and the product see each. */
async function live(...events: StoryEvent[]): Promise<{ customerId: number; name: string; email: string }> {
  const { customerId, customerName } = await stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
  await stack.work();
  for (const event of events) await happen(event, customerId);
  const [card] = await cardsOf(customerName);
  const timeline = await stack.context.customers.timeline(stack.identity.workspaceId, card?.contactId ?? '');
  return { customerId, name: customerName, email: timeline.contact.email ?? '' };
}

async function happen(event: StoryEvent, customerId: number): Promise<void> {
  await stack.sandbox.story({ tenant: 'SOCAL', event, customerId });
  await stack.work();
}

async function cardsOf(name: string) {
  const filter = {
    workspaceId: stack.identity.workspaceId,
    connectionId: null,
    search: name,
    state: null,
    cursor: null,
    limit: 10,
  };
  return (await stack.context.customers.list(filter)).customers;
}

async function stateOf(name: string): Promise<StateNumber | undefined> {
  return (await cardsOf(name))[0]?.state;
}

async function subjectsTo(email: string): Promise<string[]> {
  return (await stack.mails()).filter((mail) => mail.to.includes(email)).map((mail) => mail.subject);
}

describe('the eight lifecycle flows, through the sandbox', () => {
  it('follows a lead up at once, after 2, 4 and 20 days, and lets it rest after 90', async () => {
    const lead = await live();
    expect(await stateOf(lead.name)).toBe(1);
    expect(await subjectsTo(lead.email)).toHaveLength(1);
    await stack.advance('P2D');
    expect(await subjectsTo(lead.email)).toHaveLength(2);
    await stack.advance('P2D');
    expect(await subjectsTo(lead.email)).toHaveLength(3);
    await stack.advance('P15D');
    expect(await subjectsTo(lead.email)).toHaveLength(3);
    await stack.advance('P1D');
    expect(await subjectsTo(lead.email)).toHaveLength(4);
    await stack.advance('P69D');
    expect(await stateOf(lead.name)).toBe(1);
    await stack.advance('P1D');
    expect(await stateOf(lead.name)).toBe(0);
    expect(await subjectsTo(lead.email)).toHaveLength(4);
  });

  it('says what to expect of a visit with its real date in the tenant’s zone, and reminds the day before', async () => {
    const customer = await live('sales_booked');
    expect(await stateOf(customer.name)).toBe(2);
    const [card] = await cardsOf(customer.name);
    const day = new Intl.DateTimeFormat('en-US', {
      timeZone: 'America/Los_Angeles',
      weekday: 'long',
      month: 'long',
      day: 'numeric',
    });
    const visit = new Date(card?.appointmentStart ?? '');
    expect(
      (await subjectsTo(customer.email)).filter((subject) => subject.includes(day.format(visit))),
    ).toHaveLength(1);
    const sent = (await subjectsTo(customer.email)).length;
    await stack.advance('P7D');
    const reminder = (await stack.mails()).findLast((mail) => mail.to.includes(customer.email));
    expect(await subjectsTo(customer.email)).toHaveLength(sent + 1);
    const hoursBefore = (visit.getTime() - Date.parse(reminder?.receivedAt ?? '')) / 3600_000;
    expect(hoursBefore).toBeLessThanOrEqual(24);
    expect(hoursBefore).toBeGreaterThan(23);
  });

  it('stops the lead’s follow-ups when a visit is booked in between', async () => {
    const customer = await live('sales_booked');
    const before = await subjectsTo(customer.email);
    await happen('sales_canceled', customer.customerId);
    await stack.advance('P20D');
    const after = await subjectsTo(customer.email);
    expect(before[0]).not.toBe(after.at(-1));
    expect(after.filter((subject) => subject === before[0])).toHaveLength(1);
  });

  it('waits an hour after a cancellation, then asks after 1 hour, 2 and 4 days', async () => {
    const customer = await live('sales_booked', 'sales_canceled');
    expect(await stateOf(customer.name)).toBe(2.5);
    const before = (await subjectsTo(customer.email)).length;
    await stack.advance('PT59M');
    expect(await subjectsTo(customer.email)).toHaveLength(before);
    await stack.advance('PT1M');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 1);
    await stack.advance('P2D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 2);
    await stack.advance('P2D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 3);
  });

  it('mails nobody when the office cancels and books again within the hour', async () => {
    const customer = await live('sales_booked', 'sales_canceled');
    const before = (await subjectsTo(customer.email)).length;
    await stack.advance('PT30M');
    await happen('sales_booked', customer.customerId);
    // The canceled visit's journey makes way for that of the new one.
    expect((await cardsOf(customer.name)).map((card) => card.state).toSorted((a, b) => a - b)).toEqual([
      0, 2,
    ]);
    await stack.advance('PT2H');
    // The new visit's own message, and none about the canceled one.
    expect(await subjectsTo(customer.email)).toHaveLength(before + 1);
  });

  it('follows unsold estimates up after 2, 4 and 20 days, and stops when one is sold', async () => {
    const customer = await live('sales_booked', 'estimate_created');
    expect(await stateOf(customer.name)).toBe(3);
    const before = (await subjectsTo(customer.email)).length;
    await stack.advance('P2D');
    await stack.advance('P2D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 2);
    await happen('estimate_sold', customer.customerId);
    expect(await stateOf(customer.name)).toBe(4);
    expect(await subjectsTo(customer.email)).toHaveLength(before + 3);
    await stack.advance('P2D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 4);
    await stack.advance('P16D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 4);
  });

  it('announces the install, reminds the day before, and asks to reschedule a canceled one', async () => {
    const customer = await live('sales_booked', 'estimate_created', 'estimate_sold', 'install_scheduled');
    expect(await stateOf(customer.name)).toBe(5);
    const before = (await subjectsTo(customer.email)).length;
    await happen('install_canceled', customer.customerId);
    expect(await stateOf(customer.name)).toBe(5.5);
    await stack.advance('PT1H');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 1);
    await happen('install_scheduled', customer.customerId);
    expect(await stateOf(customer.name)).toBe(5);
    await stack.advance('P14D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 3);
  });

  it('thanks for a finished install, asks for a review after 2 days, and starts over after 90', async () => {
    const customer = await live(
      'sales_booked',
      'estimate_created',
      'estimate_sold',
      'install_scheduled',
      'install_completed',
    );
    expect(await stateOf(customer.name)).toBe(6);
    const before = (await subjectsTo(customer.email)).length;
    await stack.advance('P2D');
    expect(await subjectsTo(customer.email)).toHaveLength(before + 1);
    await stack.advance('P87D');
    expect(await stateOf(customer.name)).toBe(6);
    await stack.advance('P1DT1S');
    expect(await stateOf(customer.name)).toBe(0);
    expect(await subjectsTo(customer.email)).toHaveLength(before + 1);
  });

  it('counts from when it happened, also when the clock jumped and something happened before anybody looked', async () => {
    await stack.sandbox.advance(5 * 24 * 3600_000);
    const { customerName } = await stack.sandbox.story({ tenant: 'DFW', event: 'lead_received' });
    const at = stack.sandbox.clock.now();
    await stack.work();
    const sent = async () => {
      const [card] = await cardsOf(customerName);
      const timeline = await stack.context.customers.timeline(
        stack.identity.workspaceId,
        card?.contactId ?? '',
      );
      return (await stack.mails())
        .filter((mail) => mail.to.includes(timeline.contact.email ?? ''))
        .map((mail) => mail.receivedAt);
    };
    expect(await sent()).toEqual([at.toISOString()]);
    await stack.advance('P1DT23H59M');
    expect(await sent()).toHaveLength(1);
    await stack.advance('PT2M');
    expect(await sent()).toHaveLength(2);
  });

  it('does nothing the second time', async () => {
    const again = await stack.work();
    expect(again).toMatchObject({
      status: 'succeeded',
      transitions: 0,
      runsStarted: 0,
      steps: 0,
      messagesSent: 0,
    });
    for (const counts of Object.values(again.resources))
      expect(counts).toMatchObject({ new: 0, changed: 0, failed: 0 });
  });
});
