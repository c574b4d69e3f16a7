import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  lastChangeEventId,
  listChangeEvents,
  type ChangeEventRow,
} from '../repositories/workspaceRepository.ts';

type Listener = (event: ChangeEventRow) => void;

interface Channel {
  listeners: Set<Listener>;
  /** Events may become visible after later ones: the last ones are read again and those already told are left out. */
  told: Set<number>;
  position: number;
}

const overlap = 200;
const everyMs = 700;

/** Tells listeners what changed in a workspace, whichever process changed it. Asks the database only while somebody listens. */
export class EventFeed {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #channels = new Map<string, Channel>();
  #timer: NodeJS.Timeout | null = null;
  #isReading = false;

  constructor(deps: { database: Database; logger: Logger }) {
    this.#database = deps.database;
    this.#logger = deps.logger;
  }

  /** Tells `listener` everything behind `after` (null: from now on) until the returned function is called. */
  async listen(workspaceId: string, after: number | null, listener: Listener): Promise<() => void> {
    const now = await lastChangeEventId(this.#database, workspaceId);
    if (after !== null && after < now) {
      for (const event of await listChangeEvents(this.#database, workspaceId, after)) listener(event);
    }
    const channel = this.#channels.get(workspaceId) ?? (await this.#openChannel(workspaceId, now));
    this.#channels.set(workspaceId, channel);
    channel.listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#read(), everyMs);
    return () => {
      channel.listeners.delete(listener);
      if (channel.listeners.size === 0) this.#channels.delete(workspaceId);
      if (this.#channels.size === 0) this.close();
    };
  }

  async #openChannel(workspaceId: string, position: number): Promise<Channel> {
    const recent = await listChangeEvents(this.#database, workspaceId, position - overlap);
    return { listeners: new Set(), told: new Set(recent.map((event) => event.id)), position };
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (const [workspaceId, channel] of this.#channels) {
        const events = await listChangeEvents(this.#database, workspaceId, channel.position - overlap);
        for (const event of events) {
          if (channel.told.has(event.id)) continue;
          channel.told.add(event.id);
          for (const listener of channel.listeners) listener(event);
        }
        const last = events.at(-1);
        if (last) channel.position = Math.max(channel.position, last.id);
        channel.told = new Set([...channel.told].filter((id) => id > channel.position - 2 * overlap));
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'The change feed could not be read; it is tried again.');
    } finally {
      this.#isReading = false;
    }
  }
}
