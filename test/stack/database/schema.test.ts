import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { describeSchema } from '#backend/describeSchema.ts';
import { openTestDatabase } from '#test/helpers/testDatabase.ts';

it('supabase/schema.sql says what the migrations come to (npm run db:schema renews it)', async () => {
  const { embedded, close } = await openTestDatabase();
  const committed = await readFile(new URL('../../../supabase/schema.sql', import.meta.url), 'utf8');
  expect(await describeSchema((text) => embedded.sql(text))).toBe(committed);
  await close();
});

it('every table and every function says what it is for', async () => {
  const { embedded, close } = await openTestDatabase();
  const silent = await embedded.sql(
    `select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and c.relkind = 'r' and obj_description(c.oid, 'pg_class') is null
     union all
     select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
     where n.nspname = 'public' and obj_description(p.oid, 'pg_proc') is null`,
  );
  expect(silent).toEqual([]);
  await close();
});
