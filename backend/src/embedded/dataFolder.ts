import { createHash, randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { ConfigError } from '../config.ts';

const holder = z.object({ pid: z.int(), url: z.string().nullable(), token: z.string().optional() });

/** Who uses a data folder: its process, and the address where it can be asked for things, if it has one. */
export type DataFolderHolder = z.infer<typeof holder>;

const fileName = 'in-use.json';
/** Whatever else lies in a folder, it is not ours to delete. */
const ownNames = new Set(['secrets.json', 'database', 'mailbox', 'sandbox']);

// A process in a container often has the id of the one before: only the token tells its own files from a dead one's.
const ownTokens = new Set<string>();

/** The live process that uses the folder; null when there is none. PGlite allows one at a time. */
export async function findHolder(folder: string): Promise<DataFolderHolder | null> {
  const text = await readFile(join(folder, fileName), 'utf8').catch(ignoreMissing);
  return text === null ? null : liveHolder(text);
}

/** Takes the folder for this process until `release`; throws a ConfigError while it is taken. */
export async function takeDataFolder(
  folder: string,
): Promise<{ announce(url: string): Promise<void>; release(): Promise<void> }> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, fileName);
  const token = randomUUID();
  ownTokens.add(token);
  const textFor = (url: string | null) => JSON.stringify({ pid: process.pid, url, token });
  const other = await claim(path, textFor(null));
  if (other) {
    ownTokens.delete(token);
    throw inUse(folder, other);
  }
  return {
    announce: (url) => replace(path, textFor(url)),
    release: async () => {
      ownTokens.delete(token);
      await unlink(path).catch(ignoreMissing);
    },
  };
}

/** Empties a data folder; throws a ConfigError for one in use, or one that holds anything that is not ours. */
export async function deleteDataFolder(folder: string): Promise<void> {
  const names = (await readdir(folder).catch(ignoreMissing)) ?? [];
  const strange = names.find((name) => !ownNames.has(name) && !name.startsWith(fileName));
  if (strange)
    throw new ConfigError(`CHOU_DATA_DIR ${folder} holds ${strange}, which is not ours: it is not deleted.`);
  const taken = await takeDataFolder(folder);
  try {
    for (const name of ownNames) await rm(join(folder, name), { recursive: true, force: true });
  } finally {
    await taken.release();
  }
}

/** Makes the file with this text unless it is a live process's; then returns whose. */
async function claim(path: string, text: string): Promise<DataFolderHolder | null> {
  for (;;) {
    if (await create(path, text)) return null;
    const found = await readFile(path, 'utf8').catch(ignoreMissing);
    if (found === null) continue;
    const other = liveHolder(found) ?? (await removeStale(path, found, text));
    if (other) return other;
  }
}

/**
 * Removes what a dead process left; returns the live process that is at it already. The lock is the stale text's own:
 * without it, who read the stale file long ago could remove the live one that has taken its place.
 */
async function removeStale(path: string, stale: string, text: string): Promise<DataFolderHolder | null> {
  const lock = `${path}.${createHash('sha256').update(stale).digest('hex').slice(0, 16)}`;
  const other = await claim(lock, text);
  if (other) return other;
  try {
    if ((await readFile(path, 'utf8').catch(ignoreMissing)) === stale) await unlink(path);
  } finally {
    await unlink(lock);
  }
  return null;
}

/** A link appears with its whole content and never in another's place; false: there is one already. */
async function create(path: string, text: string): Promise<boolean> {
  const temporary = await writeTemporary(path, text);
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await unlink(temporary);
  }
}

async function replace(path: string, text: string): Promise<void> {
  await rename(await writeTemporary(path, text), path);
}

async function writeTemporary(path: string, text: string): Promise<string> {
  const temporary = `${path}.${randomUUID()}`;
  await writeFile(temporary, text, { mode: 0o600 });
  return temporary;
}

function inUse(folder: string, other: DataFolderHolder): ConfigError {
  const who = `process ${other.pid}${other.url ? ` (${other.url})` : ''}`;
  return new ConfigError(
    `CHOU_DATA_DIR ${folder} is in use by ${who}. Stop it first, or set CHOU_DATA_DIR to another folder.`,
  );
}

function liveHolder(text: string): DataFolderHolder | null {
  const parsed = holder.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { pid, token } = parsed.data;
  const isLive = pid === process.pid ? token !== undefined && ownTokens.has(token) : isAlive(pid);
  return isLive ? parsed.data : null;
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
    // Damaged when the machine went down: nobody holds the folder.
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
