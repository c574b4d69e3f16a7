import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteDataFolder, findHolder, takeDataFolder } from '#backend/embedded/dataFolder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chou-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The id of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['--version']);
  await new Promise((resolve) => child.on('close', resolve));
  return child.pid ?? 0;
}

async function takeTogether(count: number) {
  const attempts = await Promise.allSettled(Array.from({ length: count }, () => takeDataFolder(folder)));
  return {
    taken: attempts.filter((attempt) => attempt.status === 'fulfilled').map(({ value }) => value),
    reasons: attempts.filter((attempt) => attempt.status === 'rejected').map(({ reason }) => String(reason)),
  };
}

describe('taking a data folder', () => {
  const leftovers: { of: string; text: () => Promise<string> | null }[] = [
    { of: 'nobody', text: () => null },
    {
      of: 'a process that died',
      text: async () => JSON.stringify({ pid: await deadPid(), url: null, token: 'gone' }),
    },
    {
      of: 'a process that died and had our id',
      text: async () => JSON.stringify({ pid: process.pid, url: null, token: 'gone' }),
    },
    { of: 'a machine that went down', text: async () => '' },
  ];
  it.each(leftovers)('lets one of many in, with what is left of $of', async ({ text }) => {
    for (let round = 0; round < 10; round += 1) {
      const left = await text();
      if (left !== null) await writeFile(join(folder, 'in-use.json'), left);
      const { taken, reasons } = await takeTogether(25);
      expect(taken).toHaveLength(1);
      for (const reason of reasons) expect(reason).toContain(`in use by process ${process.pid}`);
      await taken[0]?.release();
      expect(await readdir(folder)).toEqual([]);
    }
  });

  it('leaves it to a live process, and says which and where', async () => {
    const child = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    const live = { pid: child.pid, url: 'http://127.0.0.1:3000' };
    await writeFile(join(folder, 'in-use.json'), JSON.stringify(live));
    await expect(takeDataFolder(folder)).rejects.toThrow(
      `in use by process ${child.pid} (http://127.0.0.1:3000)`,
    );
    await expect(deleteDataFolder(folder)).rejects.toThrow('in use');
    child.kill();
  });

  it('tells others where it can be reached', async () => {
    const taken = await takeDataFolder(folder);
    expect(await findHolder(folder)).toMatchObject({ pid: process.pid, url: null });
    await taken.announce('http://127.0.0.1:1');
    await taken.announce('http://127.0.0.1:22222');
    expect(await findHolder(folder)).toMatchObject({ pid: process.pid, url: 'http://127.0.0.1:22222' });
    expect(await readdir(folder)).toEqual(['in-use.json']);
    await taken.release();
    expect(await findHolder(folder)).toBeNull();
  });
});

it('emptying a data folder takes what is ours and refuses where anything else lies', async () => {
  await mkdir(join(folder, 'database'));
  await writeFile(join(folder, 'secrets.json'), '{}');
  await deleteDataFolder(folder);
  expect(await readdir(folder)).toEqual([]);
  await writeFile(join(folder, 'thesis.txt'), 'years of work');
  await expect(deleteDataFolder(folder)).rejects.toThrow('thesis.txt');
  expect(await readFile(join(folder, 'thesis.txt'), 'utf8')).toBe('years of work');
});
