import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startProductionStack, type ProductionStack } from '#test/helpers/productionStack.ts';
import { freePort } from '#test/helpers/realPostgres.ts';
import { TriggerDevServer } from '#test/helpers/TriggerDevServer.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

let stack: ProductionStack;
let triggerDev: TriggerDevServer;
let server: ChildProcess;
let url: string;
let cookie: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  [stack, triggerDev] = await Promise.all([
    startProductionStack({ env: { PORT: String(port), CHOU_APP_URL: url } }),
    TriggerDevServer.start(),
  ]);
  const env = {
    ...process.env,
    ...stack.env,
    TRIGGER_SECRET_KEY: 'tr_prod_test',
    TRIGGER_API_URL: triggerDev.url,
  };
  server = spawn(process.execPath, ['backend/src/main.ts'], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (server.stdout) await once(server.stdout, 'data');
  cookie = await signIn();
});

afterAll(async () => {
  server.kill();
  if (server.exitCode === null) await once(server, 'exit');
  await Promise.all([stack.close(), triggerDev.close()]);
});

async function signIn(): Promise<string> {
  const email = stack.env['CHOU_OWNER_EMAIL'] ?? '';
  await post('/api/sign-in', { email });
  const reply = await post('/api/sign-in/verify', { token: stack.postgres.takeSignInToken(email) });
  return reply.headers.getSetCookie()[0]?.split(';')[0] ?? '';
}

function post(path: string, body: unknown): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'chou', cookie: cookie ?? '' },
    body: JSON.stringify(body),
  });
}

describe('the web server of an installation with Trigger.dev', () => {
  beforeEach(() => triggerDev.clear());

  it('has Trigger.dev poll when somebody asks for it, and polls nothing itself', async () => {
    const connectionId = stack.connections.get('DFW');
    expect((await post('/api/servicetitan/sync', { connectionId })).status).toBe(202);
    await vi.waitUntil(() => triggerDev.runs.length > 0);
    expect(triggerDev.runs).toEqual([
      expect.objectContaining({
        task: 'servicetitan-poll',
        payload: { connectionId, source: 'manual' },
        options: expect.objectContaining({
          concurrencyKey: connectionId,
          debounce: { key: `${connectionId}:manual:all`, delay: '1s', maxDelay: '5s' },
        }),
      }),
    ]);
    expect(await stack.postgres.sql('select 1 from public.sync_runs')).toEqual([]);
  });

  it('answers who asks although Trigger.dev is away', async () => {
    triggerDev.refuseWith = 400;
    const connectionId = stack.connections.get('SOCAL');
    expect((await post('/api/servicetitan/sync', { connectionId })).status).toBe(202);
    await vi.waitUntil(() => triggerDev.refused > 0);
    triggerDev.refuseWith = null;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });
});
