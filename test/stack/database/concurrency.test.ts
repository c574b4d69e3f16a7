import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestDatabase, type TestDatabase } from '#test/helpers/testDatabase.ts';

let test: TestDatabase;

beforeAll(async () => {
  test = await openTestDatabase();
});

afterAll(async () => {
  await test.close();
});

it('a request that fails undoes nothing of those that come at the same time', async () => {
  const { database, embedded } = test;
  const failing = () =>
    database.rpc('set_override', {
      p_id: crypto.randomUUID(),
      p_journey: crypto.randomUUID(),
      p_state: 0,
      p_reason: 'x',
      p_set_by: 'x',
      p_source: 'manual',
      p_set_on: '2026-01-01T00:00:00.0000000Z',
      p_now: '2026-01-01T00:00:00Z',
    });
  const taking = (number: number) =>
    database.rpc('acquire_lease', {
      p_name: `lease ${number}`,
      p_holder: 'me',
      p_seconds: 60,
      p_system_now: '2026-01-01T00:00:00Z',
    });
  const replies = await Promise.all(
    Array.from({ length: 60 }, (_, number) => (number % 3 === 0 ? failing() : taking(number))),
  );
  for (const [number, reply] of replies.entries()) {
    expect([number, reply.error?.code]).toEqual([number, number % 3 === 0 ? 'PT404' : undefined]);
  }
  expect(await embedded.sql(`select count(*)::int as leases from public.leases`)).toEqual([{ leases: 40 }]);
});
