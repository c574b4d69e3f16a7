import { beforeAll, describe, expect, it } from 'vitest';
import { dispensableResources } from '#backend/schemas/dispensableResources.ts';
import { stateResources, syncResources } from '#backend/services/readOrder.ts';
import { meaningOf } from '#backend/services/syncPicture.ts';
import { IntegrationError } from '#integrations/errors.ts';
import { openEmbeddedWorlds, worldsIn, type MirrorWorld } from './MirrorWorld.ts';

const openWorld = worldsIn(openEmbeddedWorlds);
let world: MirrorWorld;

beforeAll(async () => {
  world = await openWorld({ isBackfilling: true });
});

async function ask<Answer>(expression: string): Promise<Answer | undefined> {
  const [row] = await world.sql<{ answer: Answer }>(`select ${expression} as answer`);
  return row?.answer;
}

/** Those of all resources for which it holds. */
async function whichOf(condition: string): Promise<string[] | undefined> {
  return ask(
    `(select array_agg(r order by n) from unnest(array['${syncResources.join("', '")}']) with ordinality as x (r, n) where ${condition})`,
  );
}

describe('the read order of the database', () => {
  it('is that of the schedule', async () => {
    expect(await ask('public.state_resources()')).toEqual(stateResources);
    expect(await ask(`array(select public.read_rank(r) from unnest(public.state_resources()) as r)`)).toEqual(
      stateResources.map((_, index) => index + 1),
    );
    expect(await whichOf('public.read_rank(r) is not null')).toEqual(stateResources);
  });

  it('is that in which the queue may be derived: a resource waits for those after it', async () => {
    for (const [index, resource] of stateResources.entries()) {
      await world.sql(`delete from sync_cursors where connection_id = '${world.connectionId}'`);
      for (const other of stateResources.slice(index)) await world.read(other);
      const told = await ask<string[]>(
        `(select array_agg(m.resource order by public.read_rank(m.resource)) from public.derivable_marks('${world.connectionId}', true) m where m.mark > 0)`,
      );
      expect(told, `read from ${resource} on`).toEqual(stateResources.slice(index));
    }
  });

  it('has in it what a backfill is waited for with', async () => {
    const isBackfilling = `public.is_backfilling('${world.connectionId}')`;
    for (const resource of stateResources) await world.read(resource, [], 'feed');
    expect(await ask(isBackfilling)).toBe(false);
    const waitedFor: string[] = [];
    for (const resource of stateResources) {
      const feed = `connection_id = '${world.connectionId}' and resource = '${resource}' and path = 'feed'`;
      await world.sql(`update sync_cursors set done_mark = null where ${feed}`);
      if (await ask<boolean>(isBackfilling)) waitedFor.push(resource);
      await world.sql(`update sync_cursors set done_mark = 1 where ${feed}`);
    }
    expect(waitedFor).toEqual(stateResources);
  });

  it('can do without the same resources', async () => {
    const forbidden = new IntegrationError('forbidden', 'A test.');
    const lacking = stateResources.filter((resource) => meaningOf(resource, forbidden) === 'lacking');
    expect(await whichOf('public.is_dispensable(r)')).toEqual(lacking);
    expect(new Set(dispensableResources)).toEqual(new Set(lacking));
  });
});
