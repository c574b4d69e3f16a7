import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { expect, it, onTestFinished } from 'vitest';
import { readProductionDoc } from '#test/helpers/productionDoc.ts';
import { startRealPostgres } from '#test/helpers/realPostgres.ts';
import { day } from '../flow/FlowWorld.ts';
import { openRealWorld } from '../flow/openRealWorld.ts';

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

it('what was under way in a backup that was restored sends nothing more, and what begins afterwards does', async () => {
  const { world } = await openRealWorld();
  onTestFinished(() => world.close());
  const run = await world.startRun(await world.addJourney({ state: 1 }), 1);
  await world.steps.runDueSteps();
  const unsettled = () =>
    world.sql<{ messages: number; steps: number }>(
      `select (select count(*) from messages where status = 'queued')::int as messages,
         (select count(*) from flow_steps where status = 'pending')::int as steps`,
    );
  const [before] = await unsettled();
  expect(before?.messages).toBeGreaterThan(0);
  expect(before?.steps).toBeGreaterThan(0);

  const { sql } = await readProductionDoc();
  for (const statement of sql.at(-1)?.split(/(?<=;)\n/) ?? []) await world.sql(statement);
  expect(await unsettled()).toEqual([{ messages: 0, steps: 0 }]);
  expect(await world.at(60 * day)).toEqual([]);
  expect(await world.runStatus(run)).toBe('ended');

  await world.startRun(await world.addJourney({ state: 1 }), 1);
  expect((await world.at(60 * day)).length).toBeGreaterThan(0);
});
