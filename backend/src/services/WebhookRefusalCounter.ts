import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import { countWebhookRefusals, type CountedRefusal } from '../repositories/webhookRepository.ts';
import type { WebhookRefusalReason } from '../webhooks/webhookRefusals.ts';

const flushMs = 3000;

/** Counts refused webhooks in memory and writes them down every few seconds: a flood costs no write each. */
export class WebhookRefusalCounter {
  readonly #deps: { database: Database; clock: Clock; logger: Logger };
  #counted = new Map<string, CountedRefusal>();
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> = Promise.resolve();

  constructor(deps: { database: Database; clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  count(connectionId: string, reason: WebhookRefusalReason): void {
    const lastAt = this.#deps.clock.now();
    const key = `${connectionId} ${reason}`;
    const count = (this.#counted.get(key)?.count ?? 0) + 1;
    this.#counted.set(key, { connectionId, reason, count, lastAt });
    this.#timer ??= setTimeout(() => void this.flush(), flushMs).unref();
  }

  /** Writes down what was counted. What the database does not take is counted again with the next. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#flushing = this.#flushing.then(() => this.#write());
    await this.#flushing;
  }

  async #write(): Promise<void> {
    const counted = this.#counted;
    if (counted.size === 0) return;
    this.#counted = new Map();
    try {
      await countWebhookRefusals(this.#deps.database, [...counted.values()]);
    } catch (error) {
      this.#deps.logger.error({ err: error }, 'Refused webhooks could not be counted; they are later.');
      for (const [key, refusal] of counted) {
        const count = refusal.count + (this.#counted.get(key)?.count ?? 0);
        this.#counted.set(key, { ...refusal, count });
      }
    }
  }
}
