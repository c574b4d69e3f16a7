import type { ReadBatch } from '../repositories/readRepository.ts';
import { storable } from './storable.ts';

/** So many at once: small pages are put together, large ones taken apart. */
const batchSize = 2000;

interface Part extends Pick<ReadBatch, 'rejected' | 'keepsActive'> {
  records: readonly { createdOn: string | null; modifiedOn?: string }[];
}

/** Records on their way into the mirror: at most a batch and a page. */
export class RecordBatch {
  #records: unknown[] = [];
  #rejected: ReadBatch['rejected'][number][] = [];
  #keepsActive = false;
  #isRestart: boolean;
  #newest: string | null = null;
  #pages = 0;

  constructor(isRestart: boolean) {
    this.#isRestart = isRestart;
  }

  get isEmpty(): boolean {
    return this.#records.length + this.#rejected.length === 0;
  }

  /** The newest change among all that was added. */
  get newest(): string | null {
    return this.#newest;
  }

  get isFull(): boolean {
    return this.#records.length >= batchSize;
  }

  get isOverfull(): boolean {
    return this.#records.length > batchSize;
  }

  /** Adds a page. */
  add({ records, rejected, keepsActive }: Part): void {
    for (const record of records) {
      this.#records.push(record);
      const changedOn = record.modifiedOn ?? record.createdOn;
      if (changedOn !== null && (this.#newest === null || changedOn > this.#newest)) this.#newest = changedOn;
    }
    for (const { id, issues, data } of rejected) this.#rejected.push({ id, issues, data: storable(data) });
    this.#keepsActive = keepsActive;
    this.#pages += 1;
  }

  /** Takes out what may be stored at once, with the place that is reached by it. */
  take({
    cursor,
    readUpTo = null,
  }: {
    cursor: string | null;
    readUpTo?: string | null;
  }): Omit<ReadBatch, 'milliseconds'> {
    const isAll = this.#records.length <= batchSize;
    const taken = {
      records: isAll ? this.#records : this.#records.slice(0, batchSize),
      rejected: isAll ? this.#rejected : [],
      keepsActive: this.#keepsActive,
      isRestart: this.#isRestart,
      cursor,
      readUpTo,
      pages: isAll ? this.#pages : 0,
    };
    this.#records = isAll ? [] : this.#records.slice(batchSize);
    if (isAll) {
      this.#rejected = [];
      this.#pages = 0;
    }
    this.#isRestart = false;
    return taken;
  }
}
