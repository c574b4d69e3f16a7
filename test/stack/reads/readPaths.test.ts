import { describe, expect, it } from 'vitest';
import type { ReadPath } from '#backend/services/readOrder.ts';
import { stateResources } from '#backend/services/readOrder.ts';
import { ReadWorld } from './ReadWorld.ts';

interface Mirror {
  resource: string;
  records: number;
  digest: string;
}

async function mirrorOf(world: ReadWorld): Promise<Mirror[]> {
  return world.sql<Mirror>(
    `select resource, count(*)::int as records, md5(string_agg(record_id || ':' || md5(data::text), ',' order by record_id)) as digest
     from public.servicetitan_records where connection_id = '${world.connectionId}' and resource in ('${stateResources.join("', '")}')
     group by 1 order by 1`,
  );
}

/** What is here of a tenant after it was read in these ways every few minutes, and when all of it is read anew. */
async function liveThrough(paths: readonly ReadPath[]): Promise<{ lived: Mirror[]; anew: Mirror[] }> {
  const world = await ReadWorld.start({ customers: 12, seed: 11 });
  const events = [
    'lead_received',
    'sales_booked',
    'estimate_created',
    'sales_canceled',
    'sales_booked',
  ] as const;
  const { sandbox } = world.stack;
  try {
    for (const resource of stateResources) await world.read(resource, 'feed');
    const readAll = async () => {
      for (const path of paths) for (const resource of stateResources) await world.read(resource, path);
    };
    await readAll();
    sandbox.setSwitches({ visibilityDelaySeconds: 240 });
    for (const event of events) {
      await sandbox.story({ tenant: 'SOCAL', event });
      // Many with one and the same time, and some right behind the back of a read.
      await world.control('bulk-edit', { tenant: 'SOCAL', resource: 'customers', count: 6 });
      await world.control('between-pages', {
        tenant: 'SOCAL',
        path: paths.includes('feed') ? 'export/jobs' : 'jpm/v2/tenant/\\d+/jobs$',
        act: { bulkEdit: { resource: 'jobs', count: 3 } },
      });
      await readAll();
      await world.pass('PT3M');
    }
    const [customer] = await world.sql<{ id: number; data: Record<string, unknown> }>(
      `select record_id as id, data from public.servicetitan_records where connection_id = '${world.connectionId}' and resource = 'customers' order by 1 desc limit 1`,
    );
    const merged = {
      ...customer?.data,
      id: customer?.id,
      active: false,
      mergedToId: 1,
      modifiedOn: sandbox.clock.now().toISOString(),
    };
    await sandbox.load({ tenant: 'SOCAL', resource: 'customers', records: [merged] });
    await world.control('bulk-edit', { tenant: 'SOCAL', resource: 'estimates', count: 1 });
    await readAll();
    await world.pass('PT15M');
    await readAll();
    await readAll();
    const lived = await mirrorOf(world);
    for (const table of ['servicetitan_records', 'sync_cursors'])
      await world.sql(`delete from public.${table} where connection_id = '${world.connectionId}'`);
    for (const resource of stateResources) await world.read(resource, 'feed');
    return { lived, anew: await mirrorOf(world) };
  } finally {
    await world.close();
  }
}

describe('a tenant that changes while it is read', () => {
  const ways: ReadPath[][] = [['feed'], ['list'], ['list', 'feed']];
  it.each(ways)('is in the end what it is when it is read anew: %s %s', async (...paths) => {
    const { lived, anew } = await liveThrough(paths);
    expect(lived.length).toBeGreaterThan(6);
    expect(lived).toEqual(anew);
  });
});
