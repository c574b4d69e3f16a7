import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourceTable } from '#integrations/crm/servicetitan/sandbox/resources/resourceTable.ts';
import { openSandbox, type SandboxClient } from './SandboxClient.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

async function everything(client: SandboxClient): Promise<unknown[]> {
  const exports = Object.values(resourceTable).flatMap(({ exportPaths }) => exportPaths.slice(0, 1));
  return Promise.all(
    exports.map(async (path) => (await client.call('GET', path.replace(':tenant', '{t}'))).text),
  );
}

/** A sandbox of its own process, once it listens. */
async function startProcess(...args: readonly string[]) {
  const main = 'integrations/crm/servicetitan/sandbox/main.ts';
  const child = spawn(process.execPath, [main, '--port', '0', '--data', folder, ...args]);
  let url = '';
  for await (const line of createInterface(child.stdout)) {
    url = /http:\S+\d/.exec(line)?.[0] ?? '';
    if (url !== '') break;
  }
  const kill = async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  return { url, kill };
}

describe('a data folder', () => {
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

  it('keeps all that was answered through a kill, and no half of a request', async () => {
    const running = await startProcess('--customers', '5');
    const put = async (body: string) =>
      fetch(`${running.url}/_sandbox/tenants/SOCAL/leads`, { method: 'PUT', body });
    expect(await (await put('[{"id":99},{"id":98}]')).json()).toEqual({ loaded: 2 });
    expect((await put('[{"id":97},{"id":96,"status":"Lost"}]')).status).toBe(400);
    const story = { tenant: 'SOCAL', event: 'install_scheduled' };
    const told = await fetch(`${running.url}/_sandbox/story`, {
      method: 'POST',
      body: JSON.stringify(story),
    });
    expect(told.status).toBe(200);
    const dump = async (url: string) => (await fetch(`${url}/_sandbox/tenants/SOCAL/jobs?limit=1000`)).json();
    const before: unknown = await dump(running.url);
    await running.kill();

    const again = await openSandbox({ customers: 5, dataDir: folder });
    expect(await again.ids('crm/v2/tenant/{t}/leads?ids=96,97,98,99')).toEqual([98, 99]);
    expect(await dump(again.sandbox.url)).toEqual(before);
    await again.sandbox.close();
  });

  it('goes on with the seed it was made with, and says so', async () => {
    const first = await openSandbox({ customers: 30, dataDir: folder });
    const before = await everything(first);
    await first.sandbox.close();
    const warnings: string[] = [];
    const logger = {
      info: () => {},
      error: () => {},
      warn: (_details: object, message: string) => warnings.push(message),
    };
    const second = await openSandbox({ seed: 2, customers: 10, years: 3, dataDir: folder, logger });
    expect(await everything(second)).toEqual(before);
    expect(warnings).toEqual([expect.stringContaining('seed it was made with')]);
    await second.sandbox.close();
  });

  it('begins anew where the first start was broken off', async () => {
    await writeFile(join(folder, 'sandbox.sqlite.unfinished'), 'half a database');
    const client = await openSandbox({ customers: 5, dataDir: folder });
    expect(await client.list('crm/v2/tenant/{t}/customers?active=Any')).toMatchObject({ hasMore: false });
    await client.sandbox.close();
    expect(await readdir(folder)).not.toContain('sandbox.sqlite.unfinished');
  });

  it('belongs to one sandbox at a time, and is free again once that one ends or is killed', async () => {
    const running = await startProcess('--empty');
    await expect(openSandbox({ dataDir: folder })).rejects.toThrow(
      `${folder} is in use by another sandbox: end that one, or choose another folder.`,
    );
    await running.kill();
    const second = await openSandbox({ dataDir: folder });
    await expect(openSandbox({ dataDir: folder })).rejects.toThrow('is in use by another sandbox');
    await second.sandbox.close();
    await (await openSandbox({ dataDir: folder })).sandbox.close();
  });

  it('of an earlier version is refused with what to do', async () => {
    await writeFile(join(folder, 'sandbox.journal.jsonl'), '{"kind":"sandbox","format":1}\n');
    await expect(openSandbox({ dataDir: folder })).rejects.toThrow(
      /earlier version of the sandbox.*remove that folder to begin anew/,
    );
  });
});
