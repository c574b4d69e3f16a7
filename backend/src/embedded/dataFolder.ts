import { mkdir, open, readdir, readFile, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';

const holder = z.object({ pid: z.int(), url: z.string().nullable() });

/** Who uses a data folder: its process, and the address where it can be asked for things, if it has one. */
export type DataFolderHolder = z.infer<typeof holder>;

const fileName = 'in-use.json';
/** Whatever else lies in a folder, it is not ours to delete. */
const ownNames = new Set(['secrets.json', 'database', 'mailbox', 'sandbox', fileName]);

/** The live process that uses the folder; null when there is none. PGlite allows one at a time. */
export async function findHolder(folder: string): Promise<DataFolderHolder | null> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(ignoreMissing);
  const parsed = holder.safeParse(text ? parseJson(text) : null);
  return parsed.success && isAlive(parsed.data.pid) ? parsed.data : null;
}

/** Takes the folder for this process until `release`; throws a ConfigError while another process has it. */
export async function takeDataFolder(
  folder: string,
): Promise<{ announce(url: string): Promise<void>; release(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileName);
  const other = await findHolder(folder);
  if (other && other.pid !== process.pid) throw inUse(folder, other);
  // Left by a process that died.
  await unlink(path).catch(ignoreMissing);
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    if (isCode(error, 'EEXIST')) throw inUse(folder, null);
    throw error;
  });
  await file.writeFile(JSON.stringify({ pid: process.pid, url: null }));
  return {
    announce: async (url) => {
      await file.truncate();
      await file.write(JSON.stringify({ pid: process.pid, url }), 0);
    },
    release: async () => {
      await file.close();
      await unlink(path).catch(ignoreMissing);
    },
  };
}

/** Deletes a data folder; throws a ConfigError for one in use, or one that holds anything that is not ours. */
export async function deleteDataFolder(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
  const strange = names.find((name) => !ownNames.has(name));
  if (strange)
    throw new ConfigError(`CHOU_DATA_DIR ${folder} holds ${strange}, which is not ours: it is not deleted.`);
  const other = await findHolder(folder);
  if (other) throw inUse(folder, other);
  await rm(folder, { recursive: true, force: true });
}

function inUse(folder: string, other: DataFolderHolder | null): ConfigError {
  const who = other ? ` by process ${other.pid}${other.url ? ` (${other.url})` : ''}` : '';
  return new ConfigError(
    `CHOU_DATA_DIR ${folder} is in use${who}. Stop it first, or set CHOU_DATA_DIR to another folder.`,
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return isCode(error, 'EPERM');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Half written by a process that died: nobody holds the folder.
    return null;
  }
}

function ignoreMissing(error: unknown): null {
  if (isCode(error, 'ENOENT')) return null;
  throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
