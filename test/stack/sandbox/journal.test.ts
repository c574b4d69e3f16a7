import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { resourceTable } from '#integrations/crm/servicetitan/sandbox/resources/resourceTable.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

const journal = () => join(folder, 'sandbox.journal.jsonl');

async function everything(client: SandboxClient): Promise<unknown[]> {
  const exports = Object.values(resourceTable).flatMap(({ exportPaths }) => exportPaths.slice(0, 1));
  return Promise.all(exports.map((path) => client.export(path.replace(':tenant', '{t}'))));
}

it('goes on with the same records, feeds, tenants and time', async () => {
  const first = await openSandbox({ customers: 30, dataDir: folder });
  await first.sandbox.story({ tenant: 'SOCAL', event: 'sales_booked' });
  await first.sandbox.story({ tenant: 'SOCAL', event: 'estimate_sold' });
  await first.load('leads', [{ id: 5, createdOn: '2020-01-01T00:00:00Z' }]);
  await first.control('PUT', 'tenants/42', { name: 'NORTH' });
  await first.control('DELETE', 'tenants/DFW');
  await first.sandbox.advance(86_400_000);
  const [before, { continueFrom }] = [
    await everything(first),
    await first.export('crm/v2/tenant/{t}/export/leads'),
  ];
  await first.sandbox.close();

  const second = await openSandbox({ customers: 30, dataDir: folder });
  expect(await everything(second)).toEqual(before);
  expect(await second.export('crm/v2/tenant/{t}/export/leads', continueFrom)).toMatchObject({
    data: [],
    continueFrom,
  });
  expect(second.sandbox.tenants().map(({ name }) => name)).toEqual(['SOCAL', 'DFW', 'NORTH']);
  expect(await second.control('GET', 'tenants/DFW/jobs')).toMatchObject({ data: [] });
  expect(Math.round(second.sandbox.clock.offsetMs / 86_400_000)).toBe(1);
  await second.sandbox.close();
});

it('keeps what was answered through a kill, and drops a torn line', async () => {
  const main = 'integrations/crm/servicetitan/sandbox/main.ts';
  const child = spawn(process.execPath, [main, '--port', '0', '--customers', '5', '--data', folder]);
  const [line] = await once(createInterface(child.stdout), 'line');
  const url = /http:\S+\d/.exec(String(line))?.[0] ?? '';
  const loaded = await fetch(`${url}/_sandbox/tenants/SOCAL/leads`, {
    method: 'PUT',
    body: '[{"id":99},{"id":98}]',
  });
  expect(await loaded.json()).toEqual({ loaded: 2 });
  child.kill('SIGKILL');
  await once(child, 'exit');
  await appendFile(journal(), '{"kind":"put","tenant":4103');

  const again = await openSandbox({ customers: 5, dataDir: folder });
  expect(await again.ids('crm/v2/tenant/{t}/leads?ids=98,99')).toEqual([98, 99]);
  await again.sandbox.close();
  expect(await readFile(journal(), 'utf8')).not.toContain('"tenant":4103\n');
});

it('holds changes only, and goes on with the seed it was made with', async () => {
  const first = await openSandbox({ customers: 200, dataDir: folder });
  const before = await everything(first);
  await first.sandbox.close();
  expect((await readFile(journal(), 'utf8')).split('\n')).toHaveLength(3);
  const warnings: string[] = [];
  const logger = {
    info: () => {},
    error: () => {},
    warn: (_details: object, message: string) => warnings.push(message),
  };
  const second = await openSandbox({ seed: 2, customers: 10, dataDir: folder, logger });
  expect(await everything(second)).toEqual(before);
  expect(warnings).toEqual([expect.stringContaining('seed it was made with')]);
  await second.sandbox.close();
});

it('names the damaged line of a journal', async () => {
  await (await openSandbox({ dataDir: folder })).sandbox.close();
  await appendFile(journal(), 'nonsense\n');
  await expect(openSandbox({ dataDir: folder })).rejects.toThrow(/is damaged in line 3/);
});
