import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import { listWebhookReceivers, type WebhookReceiverRow } from '../repositories/webhookRepository.ts';

/** How long another server's change may go unseen here; ServiceTitan tries again after ten seconds. */
const maxAgeMs = 5000;

/**
 * What webhooks are verified by, in memory: whoever sends whatever to the public address costs one query every few
 * seconds, not one each.
 */
export class WebhookReceivers {
  readonly #database: Database;
  readonly #systemClock: Clock;
  #known: { at: number; byConnection: Promise<ReadonlyMap<string, WebhookReceiverRow>> } | null = null;

  constructor(deps: { database: Database; systemClock: Clock }) {
    this.#database = deps.database;
    this.#systemClock = deps.systemClock;
  }

  async find(connectionId: string): Promise<WebhookReceiverRow | undefined> {
    return (await this.#read()).get(connectionId);
  }

  /** Lets the next webhook be verified by what is stored now. */
  forget(): void {
    this.#known = null;
  }

  async #read(): Promise<ReadonlyMap<string, WebhookReceiverRow>> {
    const now = this.#systemClock.now().getTime();
    if (!this.#known || now - this.#known.at >= maxAgeMs) {
      this.#known = { at: now, byConnection: this.#load() };
    }
    const { byConnection } = this.#known;
    try {
      return await byConnection;
    } catch (error) {
      if (this.#known?.byConnection === byConnection) this.#known = null;
      throw error;
    }
  }

  async #load() {
    const rows = await listWebhookReceivers(this.#database);
    return new Map(rows.map((row) => [row.connectionId, row]));
  }
}
