import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { retryRejected } from '#backend/services/retryRejected.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import { ReadWorld } from './ReadWorld.ts';

let world: ReadWorld;
let spoilt: { path: RegExp; spoil: (row: Record<string, unknown>) => void } | null;

const page = z.looseObject({ data: z.array(z.record(z.string(), z.unknown())).optional() });

beforeEach(async () => {
  spoilt = null;
  world = await ReadWorld.start({
    alter: (path, body) => {
      if (!spoilt?.path.test(path)) return body;
      const parsed = page.parse(body);
      for (const row of parsed.data ?? []) spoilt.spoil(row);
      return parsed;
    },
  });
});
afterEach(() => world.close());

const retry = (resource: Resource, recordId: number) =>
  retryRejected(world.stack.context, {
    workspaceId: world.stack.identity.workspaceId,
    connectionId: world.connectionId,
    resource,
    recordId,
  });

const rejected = async () => {
  const { controls } = world.stack.context;
  const { workspaceId } = world.stack.identity;
  const { connectionId } = world;
  const { records } = await controls.rejected({ workspaceId, connectionId, resource: null, cursor: null });
  return records;
};

describe('a record that cannot be read', () => {
  it('is set aside with the reason and as it came, while the others are stored', async () => {
    await world.addCustomers(3);
    spoilt = {
      path: /export\/customers\?/,
      spoil: (row) => {
        if (row['id'] === 900_002) row['createdOn'] = 'a \0 while \ud83d ago';
      },
    };
    const outcome = await world.read('customers', 'feed');
    expect(outcome).toMatchObject({ status: 'complete', counts: { read: 3, new: 2, failed: 1 } });
    expect(await rejected()).toMatchObject([
      {
        resource: 'customers',
        recordId: 900_002,
        issues: ['createdOn: expected an ISO 8601 time'],
        data: { id: 900_002, createdOn: 'a  while \ufffd ago' },
      },
    ]);
    const [run] = await world.sql(
      `select pages, path, counts from public.sync_runs where resource = 'customers'`,
    );
    expect(run).toMatchObject({ pages: 1, path: 'feed', counts: { customers: { new: 2, failed: 1 } } });
    const lineage = await world.sql(
      `select count(*)::int as records from public.servicetitan_records r join public.sync_runs s on s.id = r.sync_run_id where r.resource = 'customers' and r.page = 1`,
    );
    expect(lineage).toEqual([{ records: 2 }]);
  });

  it('can be tried again alone, and is asked for anew', async () => {
    await world.addCustomers(2);
    spoilt = { path: /export\/customers\?/, spoil: (row) => delete row['name'] };
    await world.read('customers', 'feed');
    spoilt = { path: /customers\?/, spoil: (row) => delete row['name'] };
    expect(await retry('customers', 900_001)).toEqual({
      outcome: 'rejected',
      issues: [expect.stringMatching(/^name/)],
    });
    spoilt = null;
    expect(await retry('customers', 900_001)).toEqual({ outcome: 'stored', issues: [] });
    expect(await world.count('customers')).toBe(1);
    expect((await rejected()).map(({ recordId }) => recordId)).toEqual([900_002]);
    await expect(retry('customers', 900_001)).rejects.toMatchObject({ code: 'not_found' });
    await world.control('vanish', { tenant: 'SOCAL', resource: 'customers', ids: [900_002] });
    expect(await retry('customers', 900_002)).toEqual({ outcome: 'gone', issues: [] });
  });

  it('is read as it was kept where ServiceTitan cannot be asked for it', async () => {
    await world.stack.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
    spoilt = { path: /export\/customers\/contacts/, spoil: (row) => (row['createdOn'] = 'never') };
    await world.read('customer_contacts', 'feed');
    const [contact] = await rejected();
    const id = contact?.recordId ?? 0;
    expect(await retry('customer_contacts', id)).toMatchObject({ outcome: 'rejected' });
    await world.sql(
      `update public.rejected_records set data = data || '{"createdOn": "2026-03-02T20:00:00Z"}' where record_id = ${id}`,
    );
    expect(await retry('customer_contacts', id)).toEqual({ outcome: 'stored', issues: [] });
    expect(await world.count('customer_contacts')).toBe(1);
  });
});
