import { afterAll, beforeAll, expect, it } from 'vitest';
import { createLogger } from '#backend/logger.ts';
import { EventFeed } from '#backend/services/EventFeed.ts';
import { openTestDatabase, type TestDatabase } from '#test/helpers/testDatabase.ts';

let test: TestDatabase;
let feed: EventFeed;
let workspaceId: string;

beforeAll(async () => {
  test = await openTestDatabase();
  feed = new EventFeed({ database: test.database, logger: createLogger('silent') });
  const [workspace] = await test.embedded.sql<{ id: string }>(
    `insert into public.workspaces (name, slug, sender_name, sender_email, created_at, updated_at)
     values ('Feed', 'feed', 'Feed', 'feed@example.com', now(), now()) returning id`,
  );
  workspaceId = workspace?.id ?? '';
});

afterAll(async () => {
  feed.close();
  await test.close();
});

async function addEvents(count: number): Promise<number[]> {
  const rows = await test.embedded.sql<{ id: number }>(
    `insert into public.change_events (workspace_id, type, at) select $1, 'journey', now() from generate_series(1, $2::int) returning id`,
    workspaceId,
    count,
  );
  return rows.map(({ id }) => id);
}

it('tells all who begin to listen at the same time', async () => {
  const heard: number[][] = [[], [], []];
  const stops = await Promise.all(
    heard.map((ids) => feed.listen(workspaceId, null, (event) => ids.push(event.id))),
  );
  const added = await addEvents(3);
  await expect.poll(() => heard, { timeout: 5000 }).toEqual([added, added, added]);
  for (const stop of stops) stop();
});

it('tells everything that was missed, however much, and what comes meanwhile, each once', async () => {
  const [before = 0] = await addEvents(1);
  const missed = await addEvents(1234);
  const heard: number[] = [];
  const [stop, during] = await Promise.all([
    feed.listen(workspaceId, before, (event) => heard.push(event.id)),
    addEvents(2),
  ]);
  await expect.poll(() => heard.length, { timeout: 5000 }).toBe(1236);
  const after = await addEvents(1);
  await expect.poll(() => heard.length, { timeout: 5000 }).toBe(1237);
  expect(heard).toEqual([...missed, ...during, ...after]);
  stop();
});

it('begins anew after a failure to begin', async () => {
  await expect(feed.listen('not a workspace', null, () => {})).rejects.toThrow(
    'The database refused a statement',
  );
  const heard: number[] = [];
  const stop = await feed.listen(workspaceId, null, (event) => heard.push(event.id));
  const added = await addEvents(1);
  await expect.poll(() => heard, { timeout: 5000 }).toEqual(added);
  stop();
});
