import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startTestStack, type TestStack } from '#test/helpers/testStack.ts';

let stack: TestStack;
/** Sets what a path answers apart from what is declared. */
let drift: { path: RegExp; alter: (body: z.output<typeof page>) => unknown } | null;

const page = z.looseObject({ data: z.array(z.looseObject({})) });

beforeEach(async () => {
  drift = null;
  stack = await startTestStack({
    alter: (path, body) => (drift?.path.test(path) ? drift.alter(page.parse(body)) : body),
  });
  await work();
});
afterEach(() => stack.close());

async function work() {
  return await stack.worker.work({ connection: 'SOCAL', untilIdle: true });
}

async function socalNow() {
  const { identity, connections, context } = stack;
  return await context.overview.detail(identity.workspaceId, connections.socal.id);
}

async function sql<Row>(text: string): Promise<Row[]> {
  return await stack.embedded.database.sql<Row>(text);
}

async function rejected() {
  return await sql<{ resource: string; issues: string[] }>(
    'select resource, issues from public.rejected_records order by 1',
  );
}

async function suppressed() {
  const rows = await sql<{ email: string }>('select email from public.suppressions order by 1');
  return rows.map(({ email }) => email);
}

async function book(externalId: string): Promise<void> {
  const service = await stack.context.connections.clientOf(stack.connections.socal.id, 'flow');
  await service.createBooking({
    externalId,
    source: 'Website',
    name: 'Fictional Finn',
    summary: 'A quote',
    isFirstTimeClient: true,
    contacts: [
      { type: 'Phone', value: '(555) 555-0123' },
      { type: 'Email', value: `${externalId}@example.com` },
    ],
  });
}

async function optOut(...emails: string[]): Promise<void> {
  for (const email of emails)
    await sql(
      `insert into public.suppressions (workspace_id, email, reason, source, connection_id, created_at)
       values ('${stack.identity.workspaceId}', '${email}', 'unsubscribe', 'unsubscribe', '${stack.connections.socal.id}', now())`,
    );
}

describe('the contacts of a booking', () => {
  const path = /bookings\/\d+\/contacts/;

  it('are used as far as they can be read, and keep no state from being derived', async () => {
    drift = {
      path,
      alter: (body) => {
        delete body.data[0]?.['value'];
        return body;
      },
    };
    await book('drifted');
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
    const summary = await work();
    expect(summary).toMatchObject({ status: 'succeeded', errors: [], transitions: 2 });
    expect(summary.connections['SOCAL']?.resources['bookings']).toMatchObject({ new: 1 });
    expect((await stack.mails()).flatMap(({ to }) => to)).toContain('drifted@example.com');
    expect(await rejected()).toEqual([
      { resource: 'bookings', issues: [expect.stringMatching(/^contacts: value: /)] },
    ]);
    expect((await socalNow()).connection).toMatchObject({ status: 'connected', statusReason: null });
  });

  it('that could not be read are asked for again', async () => {
    drift = { path, alter: () => ({ page: 1 }) };
    for (const name of ['one', 'two', 'three', 'four', 'five', 'six']) await book(name);
    expect(await work()).toMatchObject({ status: 'succeeded', errors: [] });
    expect(await rejected()).toHaveLength(6);
    const [waiting] = await sql<{ count: number }>(
      `select count(*)::int as count from public.contacts where source_type = 'booking' and email is null`,
    );
    expect(waiting).toEqual({ count: 6 });

    drift = null;
    expect(await work()).toMatchObject({ status: 'succeeded', errors: [] });
    expect(await rejected()).toEqual([]);
    const emails = await sql<{ email: string }>(
      `select email from public.contacts where source_type = 'booking' order by 1`,
    );
    expect(emails.map(({ email }) => email)).toEqual(
      ['five', 'four', 'one', 'six', 'three', 'two'].map((name) => `${name}@example.com`),
    );
  });

  it('that may not be read are said to be missing, and are read once they may', async () => {
    stack.sandbox.addFaults({ kind: 'status', path: 'bookings/\\d+/contacts', status: 403 });
    await book('later');
    expect(await work()).toMatchObject({ status: 'succeeded' });
    expect((await socalNow()).connection.statusReason).toMatch(
      /no permission to read the contacts of bookings\. .*Add tn\.crm\.bookings:r/,
    );
    stack.sandbox.clearFaults();
    await work();
    expect(await sql(`select email from public.contacts where source_type = 'booking'`)).toEqual([
      { email: 'later@example.com' },
    ]);
    await work();
    expect((await socalNow()).connection.statusReason).toBeNull();
  });
});

describe('a record that no database could store', () => {
  it.each([
    ['a time with an impossible offset', 'modifiedOn', '2026-03-02T20:00:00+99:00', 1],
    ['a day that no calendar has', 'createdOn', '2026-02-30T20:00:00Z', 1],
    ['a NUL in a text', 'summary', 'fic\0tional', 0],
    ['half a character in a text', 'summary', 'fictional \ud83d', 0],
  ])('stops nothing: %s', async (_, member, value, failed) => {
    await stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
    drift = {
      path: /\/jobs\?/,
      alter: (body) => {
        for (const row of body.data) row[member] = value;
        return body;
      },
    };
    const summary = await work();
    expect(summary).toMatchObject({ status: 'succeeded', errors: [] });
    expect(summary.connections['SOCAL']?.resources['jobs']?.failed).toBe(failed * 2);
  });
});

describe('opt-outs made in ServiceTitan', () => {
  const path = /marketing\/.*\/suppressions\?/;

  it('arrive although some rows cannot be read, whose addresses count as opted out', async () => {
    const at = '2026-03-02T20:00:00Z';
    const row = { id: 1, email: 'Good@example.com', active: true, createdOn: at, modifiedOn: at };
    drift = {
      path,
      alter: (body) => {
        body.data.push(
          { ...row, id: 2, email: 'unclear@example.com', active: undefined },
          row,
          { ...row, id: 3, email: null },
          { ...row, id: 4, email: 'lifted@example.com', active: false },
        );
        return body;
      },
    };
    expect(await work()).toMatchObject({ status: 'succeeded', errors: [] });
    expect(await suppressed()).toEqual(['good@example.com', 'unclear@example.com']);
    const { connection, resources } = await socalNow();
    expect(connection).toMatchObject({
      status: 'connected',
      statusReason: expect.stringMatching(/^2 of the opt-outs made in ServiceTitan could not be read/),
    });
    expect(resources.find(({ resource }) => resource === 'suppressions')).toMatchObject({
      paths: [{ path: 'list', failures: 0 }],
      lastModifiedOn: '2026-03-02T20:00:00.0000000Z',
    });
    drift = null;
    await work();
    expect((await socalNow()).connection.statusReason).toBeNull();
  });

  it('that cannot be read at all are said on the connection', async () => {
    drift = { path, alter: () => ({ page: 1 }) };
    expect(await work()).toMatchObject({ status: 'succeeded' });
    expect((await socalNow()).connection).toMatchObject({
      status: 'connected',
      statusReason: expect.stringMatching(/^Opt-outs made in ServiceTitan could not be read/),
    });
  });
});

describe('opt-outs made here', () => {
  const pending = () =>
    sql<{ email: string }>(
      `select email from public.suppressions where source = 'unsubscribe' and written_back_at is null`,
    );

  it('are passed on although ServiceTitan does not take one of them', async () => {
    await optOut('one@example.com', 'two@example.com');
    // All at once, and then the first one by itself.
    stack.sandbox.addFaults({ kind: 'status', path: 'suppressions/suppress', status: 400, times: 2 });
    await stack.context.syncs.syncConnection(stack.connections.socal.id, 'poll');
    expect(await pending()).toHaveLength(1);
    expect((await socalNow()).connection.statusReason).toContain(
      'does not take 1 of the addresses that unsubscribed here',
    );
    await work();
    expect(await pending()).toEqual([]);
    expect((await socalNow()).connection.statusReason).toBeNull();
  });
});
