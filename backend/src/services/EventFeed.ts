import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  lastChangeEventId,
  listChangeEvents,
  type ChangeEventRow,
} from '../repositories/workspaceRepository.ts';

type Listener = (event: ChangeEventRow) => void;

interface Channel {
  listeners: Set<{ tell: Listener }>;
  /** Events may become visible after later ones: the last ones are read again and those already told are left out. */
  told: Set<number>;
  position: number;
  isOpen: boolean;
  opened: Promise<void>;
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
    const channel = this.#channels.get(workspaceId) ?? this.#addChannel(workspaceId);
    // What happens during the replay waits for its end.
    const waiting: ChangeEventRow[] = [];
    const subscription: { tell: Listener } = { tell: (event) => void waiting.push(event) };
    channel.listeners.add(subscription);
    this.#timer ??= setInterval(() => void this.#read(), everyMs);
    const stop = () => {
      channel.listeners.delete(subscription);
      if (channel.listeners.size === 0) this.#removeChannel(workspaceId, channel);
    };
    try {
      await channel.opened;
      const replayed = await this.#replay(workspaceId, after, listener);
      for (const event of waiting) if (!replayed.has(event.id)) listener(event);
      subscription.tell = listener;
    } catch (error) {
      stop();
      throw error;
    }
    return stop;
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #addChannel(workspaceId: string): Channel {
    const channel: Channel = {
      listeners: new Set(),
      told: new Set(),
      position: 0,
      isOpen: false,
      opened: Promise.resolve(),
    };
    channel.opened = this.#open(workspaceId, channel);
    this.#channels.set(workspaceId, channel);
    return channel;
  }

  async #open(workspaceId: string, channel: Channel): Promise<void> {
    try {
      channel.position = await lastChangeEventId(this.#database, workspaceId);
      const recent = await listChangeEvents(this.#database, workspaceId, channel.position - overlap);
      channel.told = new Set(recent.map((event) => event.id));
      channel.isOpen = true;
    } catch (error) {
      this.#removeChannel(workspaceId, channel);
      throw error;
    }
  }

  #removeChannel(workspaceId: string, channel: Channel): void {
    if (this.#channels.get(workspaceId) === channel) this.#channels.delete(workspaceId);
    if (this.#channels.size === 0) this.close();
  }

  async #replay(workspaceId: string, after: number | null, listener: Listener): Promise<Set<number>> {
    const replayed = new Set<number>();
    for (let position = after; position !== null;) {
      const events = await listChangeEvents(this.#database, workspaceId, position);
      for (const event of events) {
        replayed.add(event.id);
        listener(event);
      }
      position = events.at(-1)?.id ?? null;
    }
    return replayed;
  }

  async #read(): Promise<void> {
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (const [workspaceId, channel] of this.#channels) {
        if (channel.isOpen) await this.#readChannel(workspaceId, channel);
      }
    } catch (error) {
      this.#logger.warn({ err: error }, 'The change feed could not be read; it is tried again.');
    } finally {
      this.#isReading = false;
    }
  }

  async #readChannel(workspaceId: string, channel: Channel): Promise<void> {
    const events = await listChangeEvents(this.#database, workspaceId, channel.position - overlap);
    for (const event of events) {
      if (channel.told.has(event.id)) continue;
      channel.told.add(event.id);
      for (const { tell } of channel.listeners) tell(event);
    }
    const last = events.at(-1);
    if (last) channel.position = Math.max(channel.position, last.id);
    channel.told = new Set([...channel.told].filter((id) => id > channel.position - 2 * overlap));
  }
}
