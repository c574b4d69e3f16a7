import type { Sleep } from '#integrations/retry.ts';
import type { Logger } from '../logger.ts';
import type { PollRequests } from './PollRequests.ts';
import type { ReadSource } from './ReadOutcome.ts';
import type { SyncOptions } from './planReads.ts';
import type { SyncResource } from './readOrder.ts';
import type { SyncSummary } from './SyncSummary.ts';

/** What was asked for; without resources, all of them. */
interface Wish extends Pick<SyncOptions, 'isScheduled'> {
  source: ReadSource;
  resources: readonly SyncResource[] | undefined;
}

/** What a poll left, and whatever else is due. */
const rest: Wish = { source: 'poll', resources: undefined, isScheduled: true };

/** Until when another worker may have read past what was asked for; after the last, the next scheduled poll has it. */
const busyDelaysMs = [2000, 5000, 15_000, 30_000, 60_000];

interface SyncRequestsDeps {
  poll: (
    connectionId: string,
    source: ReadSource,
    options: Pick<SyncOptions, 'resources' | 'isScheduled'>,
  ) => Promise<Pick<SyncSummary, 'status' | 'left'>>;
  runDueWork: () => Promise<unknown>;
  sleep: Sleep;
  logger: Logger;
}

/**
 * Polls on demand, in the background: what is asked for while a connection is polled is done once more right after,
 * and what another worker's poll stood in the way of is done a little later. First passes and full ones go on while nobody
 * asks for anything else.
 */
export class SyncRequests implements PollRequests {
  readonly #deps: SyncRequestsDeps;
  readonly #running = new Map<string, { promise: Promise<void>; next: Wish | null }>();
  readonly #dueWork = new Set<Promise<void>>();
  readonly #stopped = new AbortController();

  constructor(deps: SyncRequestsDeps) {
    this.#deps = deps;
  }

  request(connectionId: string, source: ReadSource, resources?: readonly SyncResource[]): void {
    if (this.#stopped.signal.aborted) return;
    const wish = { source, resources };
    const running = this.#running.get(connectionId);
    if (running) {
      running.next = running.next ? together(running.next, wish) : wish;
      return;
    }
    const entry = { promise: Promise.resolve(), next: null };
    this.#running.set(connectionId, entry);
    entry.promise = this.#run(connectionId, wish);
  }

  requestDueWork(): void {
    const { runDueWork, logger } = this.#deps;
    if (this.#stopped.signal.aborted) return;
    const work = runDueWork().then(
      () => {},
      (error: unknown) => logger.error({ err: error }, 'Due work failed; it is tried again.'),
    );
    this.#dueWork.add(work);
    void work.then(() => this.#dueWork.delete(work));
  }

  /** Settles when nothing that was asked for is still under way. */
  async idle(): Promise<void> {
    while (this.#running.size + this.#dueWork.size > 0)
      await Promise.all([...this.#dueWork, ...[...this.#running.values()].map(({ promise }) => promise)]);
  }

  /** Finishes the polls under way and takes no more. */
  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.idle();
  }

  async #run(connectionId: string, wish: Wish): Promise<void> {
    let isLeft = false;
    for (let current: Wish | null = wish; current !== null;) {
      const leaves = await this.#pollUnlessBusy(connectionId, current);
      // A poll of some resources knows nothing of what another one left.
      isLeft = leaves || (isLeft && current.resources !== undefined);
      const entry = this.#running.get(connectionId);
      current = this.#stopped.signal.aborted ? null : (entry?.next ?? (isLeft ? rest : null));
      if (entry) entry.next = null;
    }
    this.#running.delete(connectionId);
  }

  /** Answers whether there is more to read of first passes or full ones. */
  async #pollUnlessBusy(connectionId: string, { source, ...options }: Wish): Promise<boolean> {
    const { poll, sleep, logger } = this.#deps;
    const { signal } = this.#stopped;
    try {
      for (const delayMs of busyDelaysMs) {
        const { status, left } = await poll(connectionId, source, options);
        if (status !== 'busy') return left.length > 0;
        await sleep(delayMs, signal);
        if (signal.aborted) return false;
      }
      const { status, left } = await poll(connectionId, source, options);
      if (status !== 'busy') return left.length > 0;
      logger.warn(
        { connectionId },
        'A requested sync is left to the next scheduled one: the tenant is busy.',
      );
    } catch (error) {
      logger.error({ err: error, connectionId }, 'A requested sync failed.');
    }
    return false;
  }
}

/** One wish for two: what a person wants includes what a hint does. */
function together(one: Wish, other: Wish): Wish {
  const source = [one.source, other.source].includes('manual') ? 'manual' : other.source;
  const resources =
    one.resources && other.resources ? [...new Set([...one.resources, ...other.resources])] : undefined;
  return { source, resources };
}
