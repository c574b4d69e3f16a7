import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPgliteConnection } from '@supabase/lite/pglite';
import postgres from 'postgres';

/** One table, and one statement that fills it. */
export interface FloorStore {
  put(resource: string, rows: string): Promise<void>;
  close(): Promise<void>;
}

const table = `create table floor_records (
  resource text not null, record_id bigint not null, modified_on text, data jsonb not null, primary key (resource, record_id))`;
const upsert = `insert into floor_records (resource, record_id, modified_on, data)
  select $1, (e.value ->> 'id')::bigint, e.value ->> 'modifiedOn', e.value from jsonb_array_elements($2::text::jsonb) as e (value)
  on conflict (resource, record_id) do update set modified_on = excluded.modified_on, data = excluded.data`;

/** On the server that the product is measured on, by a connection of its own. */
export async function openPostgresFloor(databaseUrl: string): Promise<FloorStore> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => {} });
  await sql.unsafe(table);
  return {
    put: async (resource, rows) => {
      await sql.unsafe(upsert, [resource, rows]);
    },
    close: async () => {
      await sql.unsafe('drop table floor_records');
      await sql.end();
    },
  };
}

/** A PGlite of its own, in a folder as the product's. */
export async function openPgliteFloor(): Promise<FloorStore> {
  const folder = await mkdtemp(join(tmpdir(), 'chou-bench-floor-'));
  const connection = await createPgliteConnection({ url: join(folder, 'database') });
  await connection.driver.exec(table);
  return {
    put: async (resource, rows) => {
      await connection.driver.query(upsert, [resource, rows]);
    },
    close: async () => {
      await connection.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
