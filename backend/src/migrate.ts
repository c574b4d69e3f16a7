import postgres from 'postgres';
import { applyMigrations } from './migrations.ts';

const url = process.env['DATABASE_URL'];
if (!url) {
  process.stderr.write(
    'DATABASE_URL must be the address of the database, e.g. postgresql://postgres:password@host:5432/postgres\n',
  );
  process.exit(1);
}
const client = postgres(url, { max: 1, connect_timeout: 15, onnotice: () => {} });
try {
  const applied = await applyMigrations({
    run: async (text) => {
      await client.unsafe(text);
    },
    column: async (text) => (await client.unsafe<{ version: string }[]>(text)).map((row) => row.version),
  });
  process.stdout.write(
    applied.length === 0
      ? 'Nothing to apply.\n'
      : `Applied:\n${applied.map((file) => `  ${file}\n`).join('')}`,
  );
} finally {
  await client.end();
}
