import { appendFile, type FileHandle, mkdir, open, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';

const fileName = 'sandbox.journal.jsonl';

/**
 * An append-only file of JSON lines. Everything that one request wrote reaches the disk before its answer does, so what a
 * caller was told survives a kill; requests that wait at the same time share one fsync.
 */
export class Journal {
  readonly #file: FileHandle;
  #pending: string[] = [];
  #flushing: Promise<void> = Promise.resolve();

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  /** Opens the folder's journal and gives what it holds; a last line that was torn by a crash is cut off. */
  static async open(folder: string): Promise<{ journal: Journal; entries: unknown[] }> {
    await mkdir(folder, { recursive: true });
    const path = join(folder, fileName);
    await appendFile(path, '');
    const content = await readFile(path, 'utf8');
    const whole = content.slice(0, content.lastIndexOf('\n') + 1);
    if (whole.length < content.length) await truncate(path, Buffer.byteLength(whole));
    const entries = parseLines(whole, path);
    return { journal: new Journal(await open(path, 'a')), entries };
  }

  append(entry: unknown): void {
    this.#pending.push(`${JSON.stringify(entry)}\n`);
  }

  /** Resolves once all that was appended before is on the disk. */
  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#writePending());
    return this.#flushing;
  }

  async close(): Promise<void> {
    await this.flush();
    await this.#file.close();
  }

  async #writePending(): Promise<void> {
    if (this.#pending.length === 0) return;
    const lines = this.#pending;
    this.#pending = [];
    for (let start = 0; start < lines.length; start += 10_000) {
      await this.#file.appendFile(lines.slice(start, start + 10_000).join(''));
    }
    await this.#file.datasync();
  }
}

function parseLines(text: string, path: string): unknown[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line, index): unknown => {
      try {
        return JSON.parse(line);
      } catch (error) {
        throw new Error(`${path} is damaged in line ${index + 1}: restore it, or remove it to begin anew.`, {
          cause: error,
        });
      }
    });
}
