import type { Logger } from '../logger.ts';
import type { PollRequests } from './PollRequests.ts';
import type { ReadSource } from './ReadOutcome.ts';
import type { SyncResource } from './readOrder.ts';

/** The tasks in trigger/ that poll one connection, and do the flow steps that are due. */
const pollTask = 'servicetitan-poll';
const stepsTask = 'flow-steps';

/** Has Trigger.dev poll and do due work on demand. What is asked for in quick succession, as by a burst of webhooks, is one poll. */
export class TriggerPolls implements PollRequests {
  readonly #logger: Logger;
  readonly #asking = new Set<Promise<void>>();
  #isStopped = false;

  constructor(deps: { logger: Logger }) {
    this.#logger = deps.logger;
  }

  request(connectionId: string, source: ReadSource, resources?: readonly SyncResource[]): void {
    if (this.#isStopped) return;
    this.#track(
      this.#askForPoll(connectionId, source, resources),
      { connectionId },
      'Trigger.dev took no poll; the next scheduled one has it.',
    );
  }

  requestDueWork(): void {
    if (this.#isStopped) return;
    this.#track(this.#askForSteps(), {}, 'Trigger.dev took no due work; it is asked for again every minute.');
  }

  async idle(): Promise<void> {
    while (this.#asking.size > 0) await Promise.all(this.#asking);
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.idle();
  }

  #track(request: Promise<void>, about: { connectionId?: string }, message: string): void {
    const asking = request.catch((error: unknown) => {
      const reason = error instanceof Error ? error.name : typeof error;
      this.#logger.error({ ...about, reason }, message);
    });
    this.#asking.add(asking);
    void asking.then(() => this.#asking.delete(asking));
  }

  async #askForSteps(): Promise<void> {
    const { tasks } = await import('@trigger.dev/sdk');
    await tasks.trigger(stepsTask, {}, { debounce: { key: 'due-work', delay: '1s', maxDelay: '5s' } });
  }

  async #askForPoll(
    connectionId: string,
    source: ReadSource,
    resources?: readonly SyncResource[],
  ): Promise<void> {
    // Loaded only where it is used: without Trigger.dev the product starts without its SDK.
    const { tasks } = await import('@trigger.dev/sdk');
    const wanted = resources?.toSorted().join('+') ?? 'all';
    await tasks.trigger(
      pollTask,
      { connectionId, source, ...(resources ? { resources } : {}) },
      {
        concurrencyKey: connectionId,
        // In seconds: somebody waits, so it goes before the scheduled reads that are in line already.
        priority: 120,
        debounce: { key: `${connectionId}:${source}:${wanted}`, delay: '1s', maxDelay: '5s' },
      },
    );
  }
}
