import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { environmentVariables } from '#backend/config.ts';
import { buildDeployment, type Deployment } from '#test/helpers/buildDeployment.ts';
import { DeployedWorker } from '#test/helpers/DeployedWorker.ts';
import { startProductionStack } from '#test/helpers/productionStack.ts';
import { TriggerDevServer } from '#test/helpers/TriggerDevServer.ts';

const secret = 'not-to-be-found-in-any-file';

let folder: string;
let deployment: Deployment;

beforeAll(async () => {
  // Outside the project: what the deployment does not bring along is not found here.
  folder = await mkdtemp(join(tmpdir(), 'chou-deployment-'));
  for (const name of environmentVariables) vi.stubEnv(name, `${secret}:${name}`);
  deployment = await buildDeployment(folder, { CHOU_ENCRYPTION_KEY: secret });
  vi.unstubAllEnvs();
}, 300_000);

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

describe("the tasks' deployment", () => {
  it('has every task, with its schedule', () => {
    const tasks = deployment.index.tasks.map(({ id, schedule }) => [id, schedule?.cron ?? null]);
    expect(Object.fromEntries(tasks)).toEqual({
      'servicetitan-schedule': '* * * * *',
      'servicetitan-read': null,
      'servicetitan-backfill': null,
      'servicetitan-derive': null,
      'servicetitan-poll': null,
      'due-work': '* * * * *',
      'flow-steps': null,
      'deliver-messages': null,
      housekeeping: '17 3 * * *',
    });
  });

  it('starts what is looked at every minute on the minute', () => {
    const everyMinute = deployment.index.tasks.filter(({ schedule }) => schedule?.cron === '* * * * *');
    expect(everyMinute.map(({ schedule }) => schedule?.window)).toEqual(['0m', '0m']);
  });

  it('lets one run of a connection work at a time, and any number of connections', () => {
    const { tasks, concurrencyLimits } = deployment.index;
    expect(concurrencyLimits).toEqual([
      expect.objectContaining({ name: 'servicetitan-connection', perKey: 1 }),
    ]);
    const holders = tasks.filter(({ concurrency }) =>
      concurrency?.limits?.includes('servicetitan-connection'),
    );
    expect(holders.map(({ id }) => id).toSorted()).toEqual([
      'servicetitan-derive',
      'servicetitan-poll',
      'servicetitan-read',
    ]);
    expect(tasks.find(({ id }) => id === 'servicetitan-backfill')?.concurrency?.inline).toEqual({
      perKey: 1,
    });
  });

  it('has the reads and the derivations of a connection stand in one line', () => {
    const line = deployment.index.tasks.filter(({ queue }) => queue?.name === 'servicetitan');
    expect(new Set(line.map(({ id }) => id))).toEqual(new Set(['servicetitan-derive', 'servicetitan-read']));
  });

  it('gives every task its limits: how long it may run, and how often it is tried', () => {
    const limits = { maxDuration: expect.any(Number), retry: expect.objectContaining({ maxAttempts: 3 }) };
    const { tasks } = deployment.index;
    expect(tasks).toEqual(tasks.map(() => expect.objectContaining(limits)));
  });

  it('is made of what the tasks need, and of nothing that only the embedded mode, the server or the tests have', () => {
    const own = deployment.inputs.filter((input) => !input.includes('node_modules'));
    expect(
      own.filter((input) => /sandbox|embedded|^test|^frontend|Routes\.ts$|backend\/src\/main/.test(input)),
    ).toEqual([]);
    const packages = new Set(
      deployment.inputs
        .map((input) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1])
        .filter((name) => name !== undefined),
    );
    const foreign = [
      '@supabase/lite',
      '@electric-sql/pglite',
      'vite',
      'react',
      'express',
      'smtp-server',
      'postgres',
    ];
    expect(foreign.filter((name) => packages.has(name))).toEqual([]);
  });

  it('brings all of that along', () => {
    // What the command line's own programs would use if it were there.
    const optional = new Set(['bufferutil', 'utf-8-validate', 'pnpapi']);
    const missing = deployment.imports.filter(
      (name) => !name.startsWith('node:') && !builtinModules.includes(name) && !optional.has(name),
    );
    expect(missing).toEqual([]);
    expect(deployment.build.externals ?? []).toEqual([]);
  });

  it('holds no value of the environment that it was built and indexed with', async () => {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const telling: string[] = [];
    for (const file of files) if ((await readFile(file, 'utf8')).includes(secret)) telling.push(file);
    expect(telling).toEqual([]);
  });

  it('sets what the tasks need of the environment on Trigger.dev, and hides what is secret', () => {
    const { env = {}, secretEnv = {} } = deployment.build.deploy.sync ?? {};
    expect(Object.keys(secretEnv).toSorted()).toEqual([
      'CHOU_ENCRYPTION_KEY',
      'SMTP_URL',
      'SUPABASE_SERVICE_ROLE_KEY',
    ]);
    // What only a server, the embedded mode or Trigger.dev itself has a use for.
    const others = /^(PORT|HOST|CHOU_DATA_DIR|CHOU_SANDBOX_.*|TRIGGER_.*)$/;
    expect([...Object.keys(env), ...Object.keys(secretEnv)].toSorted()).toEqual(
      environmentVariables.filter((name) => !others.test(name)).toSorted(),
    );
  });

  it('works: a worker that runs it polls a tenant and sends what is due', async () => {
    const [stack, server] = await Promise.all([
      startProductionStack({ customers: 5 }),
      TriggerDevServer.start(),
    ]);
    onTestFinished(async () => {
      await Promise.all([stack.close(), server.close()]);
    });
    const env = {
      ...stack.env,
      TRIGGER_SECRET_KEY: 'tr_prod_test',
      TRIGGER_API_URL: server.url,
      OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
    };
    const worker = await DeployedWorker.start({ folder, deployment, env });
    onTestFinished(() => worker.stop());
    const connectionId = stack.connections.get('SOCAL');
    const poll = await worker.run('servicetitan-poll', { connectionId, source: 'manual' });
    expect(poll).toMatchObject({ status: 'succeeded', error: null });
    // The poll has left the first passes to runs of their own.
    for (const { task, payload } of [...server.runs].filter((run) => run.task === 'servicetitan-backfill'))
      expect(await worker.run(task, payload)).toMatchObject({ status: 'complete' });
    expect(await worker.run('servicetitan-derive', { connectionId })).toMatchObject({ runsStarted: 0 });
    expect(await worker.run('deliver-messages', { limit: 10 })).toMatchObject({ failed: 0 });
    expect(await worker.run('housekeeping', {})).toBeUndefined();
    const [count] = await stack.postgres.sql<{ count: string }>(
      'select count(*) from public.customer_servicetitan_state',
    );
    expect(Number(count?.count)).toBeGreaterThan(0);
  });
});
