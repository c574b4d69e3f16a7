import pg from 'pg';
import { applyMigrations } from './migrations.ts';

const url = process.env['DATABASE_URL'];
if (!url) {
  process.stderr.write('DATABASE_URL must be the address of the database, e.g. postgresql://postgres:password@host:5432/postgres\n');
  process.exit(1);
}
const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 15_000 });
await client.connect();
try {
  const applied = await applyMigrations({
    run: async (sql) => {
      await client.query(sql);
    },
    column: async (sql) => (await client.query<{ version: string }>(sql)).rows.map((row) => row.version),
  });
  process.stdout.write(applied.length === 0 ? 'Nothing to apply.\n' : `Applied:\n${applied.map((file) => `  ${file}\n`).join('')}`);
} finally {
  await client.end();
}
