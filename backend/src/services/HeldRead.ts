import { sleep } from '#integrations/retry.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import {
  endRead,
  ingestRecords,
  renewRead,
  type GrantedRead,
  type ReadBatch,
  type ReadEnd,
  type ReadLease,
} from '../repositories/readRepository.ts';
import type { ReadOutcome, ReadSource, ResourceCounts } from './ReadOutcome.ts';
import { secondsOf } from './readOrder.ts';

/** Renewed while one page takes long, so that a dead worker's reads pass on within a minute. */
export const leaseSeconds = 60;
const renewMs = 20_000;

/** A read must stop: its lease is lost to another worker, or somebody asked for it. */
export class ReadStopped extends Error {
  readonly reason: 'lost' | 'canceled' | 'paused';

  constructor(reason: ReadStopped['reason']) {
    super(`The read was stopped: ${reason}.`);
    this.reason = reason;
  }
}

/** How a read ended, beside its counts. */
export type Ending = Pick<ReadEnd, 'status' | 'error' | 'kind' | 'retrySeconds' | 'problem' | 'lacks'>;

interface HeldReadDeps {
  database: Database;
  clock: Clock;
  systemClock: Clock;
}

/** A read that this worker has the lease of: what it brings is stored through it, as long as the lease is held. */
export class HeldRead {
  readonly granted: GrantedRead;
  readonly lease: ReadLease;
  readonly source: ReadSource;
  readonly counts: ResourceCounts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
  readonly #deps: HeldReadDeps;
  #pages = 0;
  #storedAt: number;

  constructor(deps: HeldReadDeps, read: { granted: GrantedRead; lease: ReadLease; source: ReadSource }) {
    this.#deps = deps;
    this.granted = read.granted;
    this.lease = read.lease;
    this.source = read.source;
    this.#storedAt = deps.systemClock.now().getTime();
  }

  /** Since the last batch was stored, in milliseconds. */
  get age(): number {
    return this.#deps.systemClock.now().getTime() - this.#storedAt;
  }

  async store(batch: Omit<ReadBatch, 'milliseconds'>): Promise<void> {
    const stored = await ingestRecords(this.#deps.database, this.lease, {
      batch: this.#timed(batch),
      source: this.source,
      ...this.#times(),
    });
    if ('stopped' in stored) throw new ReadStopped(stored.stopped);
    this.counts.new += stored.new;
    this.counts.changed += stored.changed;
    this.counts.skipped += stored.skipped;
  }

  /** Waits for something that may take longer than the lease, and renews that meanwhile. */
  async waitFor<Result>(work: Promise<Result>): Promise<Result> {
    const waiting = new AbortController();
    try {
      for (;;) {
        const renewal = sleep(renewMs, waiting.signal).then((): null => null);
        const result = await Promise.race([work.then((value) => ({ value })), renewal]);
        if (result) return result.value;
        await this.renew();
      }
    } finally {
      waiting.abort();
    }
  }

  async renew(): Promise<void> {
    const { database, systemClock } = this.#deps;
    if (!(await renewRead(database, this.lease, systemClock.now()))) throw new ReadStopped('lost');
  }

  /** Gives the lease back, with the last batch; answers what became of the read then. */
  async end(
    ending: Ending,
    last: Omit<ReadBatch, 'milliseconds'> | null = null,
  ): Promise<Pick<ReadOutcome, 'status' | 'counts'>> {
    const { resource, path } = this.lease;
    const batch = last && this.#timed(last);
    const outcome: ReadEnd = {
      ...ending,
      counts: this.counts,
      pages: this.#pages,
      seconds: secondsOf(resource, path),
      isFastPath: path === 'list',
    };
    const ended = await endRead(this.#deps.database, this.lease, {
      outcome,
      batch,
      source: this.source,
      ...this.#times(),
    });
    // Who took the lease over reads on from where this one stood.
    return { status: ended.status === 'lost' ? 'busy' : ended.status, counts: ended.counts };
  }

  #timed(batch: Omit<ReadBatch, 'milliseconds'>): ReadBatch {
    const milliseconds = Math.max(0, this.age);
    this.#storedAt += milliseconds;
    this.#pages += batch.pages;
    return { ...batch, milliseconds };
  }

  #times() {
    return { now: this.#deps.clock.now(), systemNow: this.#deps.systemClock.now() };
  }
}
