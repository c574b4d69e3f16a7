import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ReadWorld } from './ReadWorld.ts';

let world: ReadWorld;
/** What becomes of the sandbox's answers, by path. */
let alter: (path: string, body: z.output<typeof page>) => unknown;

const page = z.looseObject({ data: z.array(z.looseObject({})).optional() });

beforeEach(async () => {
  alter = (_path, body) => body;
  world = await ReadWorld.start({ alter: (path, body) => alter(path, page.parse(body)) });
});
afterEach(() => world.close());

const newest = async () => (await world.cursor('customers', 'list'))?.last_modified_on;

describe('the place of a list', () => {
  it('moves to the newest change that was returned, and no further', async () => {
    await world.addCustomers(3);
    await world.pass('PT3M');
    await world.read('customers', 'list');
    expect(await newest()).toMatch(/^2026-03-02T20:00:00\./);
    await world.pass('PT3H');
    const idle = await world.read('customers', 'list');
    expect(idle).toMatchObject({ status: 'complete', counts: { read: 3, new: 0, changed: 0, skipped: 3 } });
    expect(await newest()).toMatch(/^2026-03-02T20:00:00\./);
  });

  it('stays where it was when a later page fails, and all is read again', async () => {
    await world.addCustomers(2);
    await world.read('customers', 'list');
    const before = await newest();
    await world.pass('PT1M');
    await world.addCustomers(2, 900_011);
    alter = (path, body) => {
      if (!/crm\/v2\/tenant\/\d+\/customers\?/.test(path)) return body;
      // A first page that is read and stored, and a second one that cannot be.
      return /page=2/.test(path) ? { nonsense: true } : { ...body, hasMore: true };
    };
    expect(await world.read('customers', 'list')).toMatchObject({ status: 'failed' });
    expect(await newest()).toBe(before);
    alter = (_path, body) => body;
    expect(await world.read('customers', 'list')).toMatchObject({ status: 'complete' });
    expect(await world.count('customers')).toBe(4);
    expect((await newest()) ?? '').toMatch(/^2026-03-02T20:01:00\./);
  });

  it('is that of the beginning of the read for what changes while it lasts', async () => {
    await world.addCustomers(1);
    await world.pass('PT30M');
    alter = async (path, body) => {
      if (!/crm\/v2\/tenant\/\d+\/customers\?/.test(path)) return body;
      await world.stack.sandbox.advance(3_600_000);
      const later = '2026-03-02T21:20:00.0000000Z';
      return { ...body, data: body.data?.map((row) => ({ ...row, modifiedOn: later })) };
    };
    await world.read('customers', 'list');
    expect(await newest()).toMatch(/^2026-03-02T20:30:00\./);
  });
});

describe('a feed whose place is refused', () => {
  it('is read again from a date, and the reason is in the log only', async () => {
    await world.addCustomers(4);
    await world.read('customers', 'feed');
    await world.sql(`update public.sync_cursors set cursor = 'forgotten' where path = 'feed'`);
    await world.addCustomers(1, 900_050);
    expect(await world.read('customers', 'feed')).toMatchObject({ status: 'complete', counts: { new: 1 } });
    expect((await world.cursor('customers', 'feed'))?.cursor).not.toBe('forgotten');
  });

  it('or that goes round in a circle is left, too', async () => {
    await world.addCustomers(4);
    await world.read('customers', 'feed');
    const former = (await world.cursor('customers', 'feed'))?.cursor ?? '';
    await world.addCustomers(2, 900_050);
    let circled = 0;
    alter = (path, body) => {
      if (!path.includes('export/customers') || !path.includes(encodeURIComponent(former))) return body;
      circled += 1;
      return { ...body, data: [], hasMore: true, continueFrom: former };
    };
    expect(await world.read('customers', 'feed')).toMatchObject({ status: 'complete', counts: { new: 2 } });
    expect(circled).toBe(1);
    expect(await world.count('customers')).toBe(6);
  });
});

describe('what is newly modified', () => {
  it('is read by list from the moment of connecting on, while the feed has the history', async () => {
    await world.pass('PT2H');
    await world.addCustomers(2);
    const { counts } = await world.read('customers', 'list');
    expect(counts).toMatchObject({ new: 2 });
    const [queued] = await world.sql<{ count: number }>(
      `select count(*)::int as count from public.derivation_queue where resource = 'customers' and source = 'poll'`,
    );
    expect(queued?.count).toBe(2);
    await world.read('customers', 'feed');
    const again = await world.sql(`select 1 from public.derivation_queue where resource = 'customers'`);
    expect(again).toHaveLength(2);
  });
});

describe('a record that a list cannot show as taken out', () => {
  it('stays taken out', async () => {
    await world.stack.sandbox.story({ tenant: 'SOCAL', event: 'lead_received' });
    await world.read('leads', 'feed');
    await world.sql(
      `update public.servicetitan_records set active = false, data = data || '{"active": false}' where resource = 'leads'`,
    );
    await world.pass('PT1M');
    await world.control('bulk-edit', { tenant: 'SOCAL', resource: 'leads', count: 1 });
    expect(await world.read('leads', 'list')).toMatchObject({ counts: { changed: 1 } });
    const rows = await world.sql(
      `select active, data -> 'active' as told from public.servicetitan_records where resource = 'leads'`,
    );
    expect(rows).toEqual([{ active: false, told: false }]);
  });
});
