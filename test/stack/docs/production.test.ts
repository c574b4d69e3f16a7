import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';
import { readProductionDoc } from '#test/helpers/productionDoc.ts';
import { startRealPostgres } from '#test/helpers/realPostgres.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('the commands and statements of the document on production do what it says, on a real PostgreSQL', async () => {
  const server = await startRealPostgres();
  onTestFinished(() => server.close());
  await server.sql('create database new_project');
  const url = new URL(server.databaseUrl);
  url.pathname = '/new_project';
  const migrate = async () => {
    const env = { ...process.env, DATABASE_URL: url.href };
    const command = [process.execPath, ['backend/src/migrate.ts'], { cwd: root, env }] as const;
    return (await promisify(execFile)(...command)).stdout;
  };
  expect(await migrate()).toMatch(/^Applied:\n {2}20260101000100_create_workspaces\.sql\n/);
  expect(await migrate()).toBe('Nothing to apply.\n');

  const client = postgres(url.href, { max: 1, onnotice: () => {} });
  onTestFinished(() => client.end());
  const { sql } = await readProductionDoc();
  expect(sql).toHaveLength(2);
  for (const text of sql) await client.unsafe(text);
  const [role] = await client.unsafe<{ settings: string[] }[]>(
    `select rolconfig as settings from pg_roles where rolname = 'service_role'`,
  );
  expect(role?.settings).toContain('statement_timeout=60s');
});
