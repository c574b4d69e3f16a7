import type { Logger } from '../logger.ts';

type Source = 'poll' | 'webhook' | 'manual';

/** Polls on demand, in the background: what is asked for while a connection is polled is done once more right after. */
export class SyncRequests {
  readonly #poll: (connectionId: string, source: Source) => Promise<void>;
  readonly #logger: Logger;
  readonly #running = new Map<string, { promise: Promise<void>; next: Source | null }>();

  constructor(deps: { poll: (connectionId: string, source: Source) => Promise<void>; logger: Logger }) {
    this.#poll = deps.poll;
    this.#logger = deps.logger;
  }

  request(connectionId: string, source: Source): void {
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

  async #run(connectionId: string, source: Source): Promise<void> {
    for (let current: Source | null = source; current !== null;) {
      try {
        await this.#poll(connectionId, current);
      } catch (error) {
        this.#logger.error({ err: error, connectionId }, 'A requested sync failed.');
      }
      const entry = this.#running.get(connectionId);
      current = entry?.next ?? null;
      if (entry) entry.next = null;
    }
    this.#running.delete(connectionId);
  }
}
