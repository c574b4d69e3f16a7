import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { Database } from './Database.ts';

const fileName = 'sandbox.sqlite';
const lockName = 'sandbox.lock';
const journalOfEarlierVersions = 'sandbox.journal.jsonl';

/** A data folder that cannot be used; the message says what to do. */
export class DataFolderError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DataFolderError';
  }
}

/** A folder that an earlier version made, which this one cannot read. */
export class OldDataFolderError extends DataFolderError {
  constructor(message: string) {
    super(message);
    this.name = 'OldDataFolderError';
  }
}

/** A folder that one sandbox at a time keeps its data in. */
export class DataFolder {
  readonly #path: string;
  readonly #lock: Database;

  /** Takes the folder for this process: the operating system gives it back when the process ends, however it ends. */
  constructor(path: string) {
    this.#path = path;
    mkdirSync(path, { recursive: true });
    if (existsSync(join(path, journalOfEarlierVersions))) {
      throw new OldDataFolderError(
        `${path} was made by an earlier version of the sandbox, whose ${journalOfEarlierVersions} cannot be read any more: remove that folder to begin anew, or choose another one.`,
      );
    }
    this.#lock = lock(path);
  }

  /** The folder's database. A new folder's is first built, and counts only once it is complete. */
  open(build: (database: Database) => void): Database {
    const path = join(this.#path, fileName);
    if (!existsSync(path)) this.#build(path, build);
    return Database.kept(path);
  }

  close(): void {
    this.#lock.close();
  }

  #build(path: string, build: (database: Database) => void): void {
    const unfinished = `${path}.unfinished`;
    rmSync(unfinished, { force: true });
    const database = Database.unfinished(unfinished);
    try {
      build(database);
    } finally {
      database.close();
    }
    const file = openSync(unfinished, 'r+');
    fsyncSync(file);
    closeSync(file);
    renameSync(unfinished, path);
  }
}

/** A file that is there for its lock alone. */
function lock(folder: string): Database {
  try {
    return Database.locked(join(folder, lockName));
  } catch (error) {
    if (!busy.safeParse(error).success) throw error;
    throw new DataFolderError(
      `${folder} is in use by another sandbox: end that one, or choose another folder.`,
      { cause: error },
    );
  }
}

/** SQLITE_BUSY. */
const busy = z.object({ errcode: z.literal(5) });
