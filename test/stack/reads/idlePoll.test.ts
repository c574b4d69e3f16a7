import { expect, it } from 'vitest';
import { z } from 'zod';
import { ReadWorld } from './ReadWorld.ts';

const requestLog = z.object({ requests: z.array(z.object({ path: z.string() })) });

it('a poll that finds nothing new takes at most 12 requests and 20 calls of the database', async () => {
  const world = await ReadWorld.start({ customers: 8 });
  try {
    await world.stack.work();
    // Past the life of the first token, so that the poll that counts finds one that is fresh.
    await world.stack.advance('PT20M');
    await world.stack.advance('PT3M');
    await world.pass('PT5M');
    const { database } = world.stack.context;
    const calls: string[] = [];
    const rpc = database.rpc.bind(database);
    const from = database.from.bind(database);
    Object.assign(database, {
      rpc: (name: string, ...rest: Parameters<typeof rpc> extends [string, ...infer Rest] ? Rest : never) => {
        calls.push(name);
        return rpc(name, ...rest);
      },
      from: (name: string) => {
        calls.push(`from ${name}`);
        return from(name);
      },
    });
    await fetch(`${world.stack.sandbox.url}/_sandbox/requests`, { method: 'DELETE' });
    const summary = await world.stack.worker.syncConnection(world.connectionId, 'poll', {
      isScheduled: true,
    });
    expect(summary).toMatchObject({ status: 'succeeded', derived: { transitions: 0 } });
    expect(Object.keys(summary.resources)).toHaveLength(8);
    for (const counts of Object.values(summary.resources))
      expect(counts).toMatchObject({ new: 0, changed: 0 });
    const log = await (await fetch(`${world.stack.sandbox.url}/_sandbox/requests`)).json();
    const { requests } = requestLog.parse(log);
    expect(requests.length).toBeLessThanOrEqual(12);
    // Calls are leased for a second ahead: where a poll takes longer than that, it leases again.
    const oneLease = calls.filter((name, index) => name !== 'lease_calls' || index === calls.indexOf(name));
    expect(oneLease.slice(20)).toEqual([]);
    const runs = await world.sql(`select 1 from public.sync_runs where status = 'running'`);
    expect(runs).toEqual([]);
  } finally {
    await world.close();
  }
});
