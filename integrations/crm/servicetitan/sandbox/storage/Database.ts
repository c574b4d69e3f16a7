import { DatabaseSync, type StatementSync } from 'node:sqlite';

/** Pages kept in memory; what a temporary database holds beyond them goes to the disk. */
const cacheKibibytes = 65_536;

/** One SQLite database. Everything is synchronous, so a transaction never sees another request's work. */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  private constructor(path: string, pragmas: readonly string[]) {
    this.#connection = new DatabaseSync(path);
    try {
      for (const pragma of [...pragmas, `cache_size = -${cacheKibibytes}`]) {
        this.#connection.exec(`pragma ${pragma}`);
      }
    } catch (error) {
      this.#connection.close();
      throw error;
    }
  }

  /** In memory while it is small, then in a nameless temporary file that ends with the process. */
  static temporary(): Database {
    return new Database('', ['journal_mode = memory', 'synchronous = off']);
  }

  /**
   * A file that is kept. A commit reaches the operating system before it returns, so it survives a kill; only a power
   * failure may take the last ones. Waiting for the disk would buy nothing that invented data is worth.
   */
  static kept(path: string): Database {
    return new Database(path, ['journal_mode = wal', 'synchronous = normal']);
  }

  /** A file that is worthless until it is complete. */
  static unfinished(path: string): Database {
    return new Database(path, ['journal_mode = off', 'synchronous = off']);
  }

  /** A file that belongs to this process until it is closed; throws where it belongs to another. */
  static locked(path: string): Database {
    const database = new Database(path, ['locking_mode = exclusive']);
    try {
      database.transaction(() => database.execute('create table if not exists locked (id integer)'));
      return database;
    } catch (error) {
      database.close();
      throw error;
    }
  }

  execute(sql: string): void {
    this.#connection.exec(sql);
  }

  /** A statement that is kept for the next use: run it to its end before it is used again. */
  statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#connection.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  /** A statement of one's own, to be stepped through while others run. */
  prepare(sql: string): StatementSync {
    return this.#connection.prepare(sql);
  }

  /** Keeps all that the work writes, or, where it throws, nothing. Inside another transaction it is part of that one. */
  transaction<Result>(work: () => Result): Result {
    if (this.#connection.isTransaction) return work();
    this.#connection.exec('begin immediate');
    try {
      const result = work();
      this.#connection.exec('commit');
      return result;
    } catch (error) {
      if (this.#connection.isTransaction) this.#connection.exec('rollback');
      throw error;
    }
  }

  close(): void {
    this.#connection.close();
  }
}
