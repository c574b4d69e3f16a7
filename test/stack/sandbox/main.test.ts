import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';

function run(...args: readonly string[]) {
  return spawn(process.execPath, ['integrations/crm/servicetitan/sandbox/main.ts', ...args]);
}

it('prints its address and the credentials, and ends on SIGTERM', async () => {
  const child = run('--port', '0', '--empty', '--start', '2026-01-01T00:00:00Z', '--freeze');
  const lines: string[] = [];
  for await (const line of createInterface(child.stdout)) {
    lines.push(line);
    if (line.startsWith('DFW')) child.kill('SIGTERM');
  }
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  expect(code).toBe(0);
  expect(lines.join('\n')).toMatch(
    /http:\/\/127\.0\.0\.1:\d+[\s\S]*2026-01-01T00:00:00\.000Z[\s\S]*cid\.sandbox-socal/,
  );
});

it.each([
  [['--port', 'soon'], /--port must be a whole number from 0 to 65535, not 'soon'/],
  [['--customers', '-3'], /--customers/],
  [['--years', '0'], /--years must be a whole number from 1 to 30, not '0'/],
  [['--start', 'yesterday'], /--start must be an ISO 8601 time/],
  [['--nonsense'], /--nonsense/],
])('refuses %j by name', async (args, message) => {
  const child = run(...args);
  let text = '';
  for await (const chunk of child.stderr) text += String(chunk);
  const [code] = child.exitCode === null ? await once(child, 'exit') : [child.exitCode];
  expect([code, text]).toEqual([2, expect.stringMatching(message)]);
});
