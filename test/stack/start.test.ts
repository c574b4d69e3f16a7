import { spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../', import.meta.url));
const facts = z.object({
  url: z.string(),
  signInUrl: z.string(),
  apiToken: z.string(),
  sandboxUrl: z.string(),
  smtpUrl: z.string(),
  dataDir: z.string(),
});
type Facts = z.infer<typeof facts>;

let dataDir: string;
const running = new Set<ChildProcess>();

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'chou-start-'));
});

afterAll(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(dataDir, { recursive: true, force: true });
});

function run(script: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      CHOU_DATA_DIR: dataDir,
      PORT: '0',
      CHOU_SANDBOX_CUSTOMERS: '25',
      LOG_LEVEL: 'fatal',
      ...env,
    },
  });
  running.add(child);
  const output = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (output.out += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (output.err += chunk.toString('utf8')));
  const ended = new Promise<number | null>((resolve) => child.on('close', (code) => resolve(code)));
  void ended.then(() => running.delete(child));
  return { child, output, ended };
}

async function start(
  ...args: string[]
): Promise<Facts & { stop(signal: 'SIGINT' | 'SIGKILL'): Promise<number | null> }> {
  const { child, output, ended } = run('backend/src/main.ts', ['--json', ...args]);
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', () => output.out.includes('\n') && resolve());
    child.on('close', () => reject(new Error(`It ended: ${output.err}`)));
  });
  return {
    ...facts.parse(JSON.parse(output.out)),
    stop: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

async function ask(server: Facts, path: string): Promise<unknown> {
  const response = await fetch(`${server.url}${path}`, {
    headers: { authorization: `Bearer ${server.apiToken}` },
  });
  return response.json();
}

async function tell(url: string, body: unknown): Promise<void> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect(response.status).toBe(200);
}

const totals = z.object({ columns: z.array(z.object({ state: z.number(), count: z.number() })) });
const mailbox = z.object({ mails: z.array(z.object({ subject: z.string() })) });

describe('npm start', () => {
  it('starts, goes on where it was after Ctrl-C and after kill -9, and begins anew with --fresh', async () => {
    const first = await start();
    const board = totals.parse(await ask(first, '/api/board'));
    expect(board.columns.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(25);
    expect(mailbox.parse(await ask(first, '/api/mailbox')).mails).toEqual([]);
    await tell(`${first.sandboxUrl}/_sandbox/story`, { tenant: 'SOCAL', event: 'lead_received' });
    await expect
      .poll(async () => mailbox.parse(await ask(first, '/api/mailbox')).mails.length, { timeout: 20_000 })
      .toBe(1);
    const moved = totals.parse(await ask(first, '/api/board'));
    expect(await first.stop('SIGINT')).toBe(0);

    const second = await start();
    expect(totals.parse(await ask(second, '/api/board'))).toEqual(moved);
    expect(mailbox.parse(await ask(second, '/api/mailbox')).mails).toHaveLength(1);
    await second.stop('SIGKILL');

    const third = await start();
    expect(totals.parse(await ask(third, '/api/board'))).toEqual(moved);
    expect(mailbox.parse(await ask(third, '/api/mailbox')).mails).toHaveLength(1);

    const other = run('backend/src/main.ts', ['--json']);
    expect(await other.ended).toBe(1);
    expect(other.output.err).toContain('CHOU_DATA_DIR');
    expect(other.output.err).toContain(third.url);

    await tell(`${third.sandboxUrl}/_sandbox/clock`, { advance: 'P2D' });
    const sync = run('backend/src/sync.ts', ['--until-idle']);
    expect([await sync.ended, sync.output.err]).toEqual([0, '']);
    expect(JSON.parse(sync.output.out)).toMatchObject({ status: 'succeeded' });
    await expect
      .poll(async () => mailbox.parse(await ask(third, '/api/mailbox')).mails.length, { timeout: 20_000 })
      .toBe(2);
    const replay = run('backend/src/replay.ts', ['--connection', 'SOCAL']);
    expect([await replay.ended, replay.output.err]).toEqual([0, '']);
    expect(replay.output.out).toContain(' 0 differences.');
    const unknown = run('backend/src/sync.ts', ['--connection', 'NOWHERE']);
    expect(await unknown.ended).toBe(1);
    expect(unknown.output.err).toContain('NOWHERE');
    expect(await third.stop('SIGINT')).toBe(0);

    const fresh = await start('--fresh');
    expect(mailbox.parse(await ask(fresh, '/api/mailbox')).mails).toEqual([]);
    expect(await fresh.stop('SIGINT')).toBe(0);
  });

  it('refuses an environment that cannot work, and names the variable', async () => {
    const cases: [Record<string, string>, string][] = [
      [{ PORT: 'many' }, 'PORT'],
      [{ SMTP_URL: 'mail.example' }, 'SMTP_URL'],
      [{ SERVICETITAN_API_URL: 'http://127.0.0.1:1' }, 'SERVICETITAN_AUTH_URL'],
      [{ SUPABASE_URL: 'https://project.example' }, 'CHOU_APP_URL'],
      [{ CHOU_ENCRYPTION_KEY: 'short' }, 'CHOU_ENCRYPTION_KEY'],
    ];
    for (const [env, variable] of cases) {
      const attempt = run('backend/src/main.ts', [], env);
      expect([variable, await attempt.ended]).toEqual([variable, 1]);
      expect(attempt.output.err).toContain(variable);
      expect(attempt.output.err).not.toContain('    at ');
    }
  });

  it('says what to do with a sandbox of an earlier version, which it cannot read', async () => {
    const old = await mkdtemp(join(tmpdir(), 'chou-old-'));
    onTestFinished(() => rm(old, { recursive: true, force: true }));
    await mkdir(join(old, 'sandbox'));
    await writeFile(join(old, 'sandbox', 'sandbox.journal.jsonl'), '');
    const { output, ended } = run('backend/src/main.ts', [], { CHOU_DATA_DIR: old });
    expect(await ended).toBe(1);
    expect(output.err).toContain('npm start -- --fresh');
    expect(output.err).not.toContain('remove that folder');
    expect(output.err).not.toContain('    at ');
  });

  it('deletes no folder that holds anything of somebody else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chou-precious-'));
    await writeFile(join(folder, 'thesis.txt'), 'years of work');
    const attempt = run('backend/src/main.ts', ['--fresh'], { CHOU_DATA_DIR: folder });
    expect(await attempt.ended).toBe(1);
    expect(attempt.output.err).toContain('thesis.txt');
    await rm(folder, { recursive: true, force: true });
  });
});
