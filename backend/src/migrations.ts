import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A connection that runs SQL as the owner of the schema. */
export interface SqlSession {
  /** Runs one or more statements. */
  run(sql: string): Promise<void>;
  /** Returns the first column of every row of one statement. */
  column(sql: string): Promise<string[]>;
}

const folder = fileURLToPath(new URL('../../supabase/migrations/', import.meta.url));

// The table and its columns are the Supabase CLI's, so that either tool sees what the other applied.
const historySql = `
  create schema if not exists supabase_migrations;
  create table if not exists supabase_migrations.schema_migrations (
    version text not null primary key, statements text[], name text
  );`;

/** Applies the migrations of supabase/migrations that are not applied yet, each in one transaction; returns their names. */
export async function applyMigrations(session: SqlSession): Promise<string[]> {
  await session.run(historySql);
  const applied = new Set(
    await session.column('select version from supabase_migrations.schema_migrations order by version'),
  );
  const files = (await readdir(folder)).filter((file) => file.endsWith('.sql')).toSorted();
  const pending = files.filter((file) => !applied.has(file.slice(0, file.indexOf('_'))));
  for (const file of pending) {
    const version = file.slice(0, file.indexOf('_'));
    const name = file.slice(version.length + 1, -'.sql'.length);
    const sql = await readFile(join(folder, file), 'utf8');
    await session.run(
      `begin;\n${sql}\ninsert into supabase_migrations.schema_migrations (version, name) values ('${version}', '${name}');\ncommit;`,
    );
  }
  return pending;
}
