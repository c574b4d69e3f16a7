import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { z } from 'zod';

const script = fileURLToPath(new URL('../../helpers/failingRun.ts', import.meta.url));

it('no log line, error or answer of a run under every fault holds a secret or anything of a person', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'chou-secrets-'));
  const secretsFile = join(folder, 'secrets.json');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [script, secretsFile], {
    maxBuffer: 256 * 1024 * 1024,
  });
  const secrets = z.array(z.string().min(5)).parse(JSON.parse(await readFile(secretsFile, 'utf8')));
  await rm(folder, { recursive: true, force: true });
  const printed = stdout + stderr;

  expect(secrets.length).toBeGreaterThan(40);
  expect(stdout).toContain('--- end');
  // What the run is about did happen, and was reported.
  for (const kind of ['forbidden', 'rate_limited', 'unavailable', 'unexpected', 'invalid', 'auth']) {
    expect(printed).toContain(kind);
  }
  expect(stderr.split('\n').length).toBeGreaterThan(50);
  expect(secrets.filter((secret) => printed.includes(secret))).toEqual([]);
  expect(printed).not.toMatch(
    /eyJ[\w-]{10,}|Bearer (?!\[redacted\])\S|(cs1|ak1|cid)\.(?!\[redacted\]|["' ])\w/,
  );
}, 240_000);
