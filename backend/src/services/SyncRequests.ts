import type { Sleep } from '#integrations/retry.ts';
import type { Logger } from '../logger.ts';
import type { SyncSummary } from './ServiceTitanSyncService.ts';

type Source = 'poll' | 'webhook' | 'manual';

/** Until when another worker may have read past what was asked for; after the last, the next scheduled poll has it. */
const busyDelaysMs = [2000, 5000, 15_000, 30_000, 60_000];

interface SyncRequestsDeps {
  poll: (connectionId: string, source: Source) => Promise<SyncSummary['status']>;
  sleep: Sleep;
  logger: Logger;
}

/**
 * Polls on demand, in the background: what is asked for while a connection is polled is done once more right after,
 * and what another worker's poll stood in the way of is done a little later.
 */
export class SyncRequests {
  readonly #deps: SyncRequestsDeps;
  readonly #running = new Map<string, { promise: Promise<void>; next: Source | null }>();
  readonly #stopped = new AbortController();

  constructor(deps: SyncRequestsDeps) {
    this.#deps = deps;
  }

  request(connectionId: string, source: Source): void {
    if (this.#stopped.signal.aborted) return;
    const running = this.#running.get(connectionId);
    if (running) {
      running.next = source;
      return;
    }
    const entry = { promise: Promise.resolve(), next: null };
    this.#running.set(connectionId, entry);
    entry.promise = this.#run(connectionId, source);
  }

  /** Settles when nothing that was asked for is still under way. */
  async idle(): Promise<void> {
    while (this.#running.size > 0)
      await Promise.all([...this.#running.values()].map((entry) => entry.promise));
  }

  /** Finishes the polls under way and takes no more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.idle();
  }

  async #run(connectionId: string, source: Source): Promise<void> {
    for (let current: Source | null = source; current !== null;) {
      await this.#pollUnlessBusy(connectionId, current);
      const entry = this.#running.get(connectionId);
      current = this.#stopped.signal.aborted ? null : (entry?.next ?? null);
      if (entry) entry.next = null;
    }
    this.#running.delete(connectionId);
  }

  async #pollUnlessBusy(connectionId: string, source: Source): Promise<void> {
    const { poll, sleep, logger } = this.#deps;
    const { signal } = this.#stopped;
    try {
      for (const delayMs of busyDelaysMs) {
        if ((await poll(connectionId, source)) !== 'busy') return;
        await sleep(delayMs, signal);
        if (signal.aborted) return;
      }
      if ((await poll(connectionId, source)) === 'busy')
        logger.warn(
          { connectionId },
          'A requested sync is left to the next scheduled one: the tenant is busy.',
        );
    } catch (error) {
      logger.error({ err: error, connectionId }, 'A requested sync failed.');
    }
  }
}
