import type { MovableClock } from '../MovableClock.ts';

/** Seconds after a failure until the next attempt; after the last one the delivery is given up. */
const retrySeconds = [10, 30, 60, 300] as const;
/** So many finished ones are listed. */
const keptDeliveries = 1000;
export const mostWaiting = 10_000;
/** Real time: a standing clock must not keep a receiver's connection open for ever. */
const timeoutMs = 10_000;
const atOnce = 8;

interface Attempt {
  readonly at: string;
  /** The receiver's status; null where there was no answer. */
  readonly status: number | null;
  readonly error: string | null;
}

/** What is sent: made anew for each attempt. */
export interface Parcel {
  readonly url: string;
  readonly describe: Readonly<Record<string, unknown>>;
  readonly pack: () => { readonly body: string; readonly headers: Readonly<Record<string, string>> };
}

interface Delivery {
  readonly id: number;
  readonly parcel: Parcel;
  status: 'waiting' | 'sending' | 'delivered' | 'given_up' | 'dropped';
  /** Why it was dropped. */
  note: string | null;
  attempts: readonly Attempt[];
  /** Failures since it was sent for the first time, or by hand. */
  failures: number;
  nextAt: number | null;
}

/** Sends parcels, and sends them again when they fail, at the times that the sandbox's clock gives. */
export class Deliveries {
  readonly #clock: MovableClock;
  readonly #closing = new AbortController();
  readonly #inFlight = new Set<Promise<void>>();
  readonly #stopWatching: () => void;
  /** From the oldest to the newest. */
  readonly #deliveries = new Map<number, Delivery>();
  /** Those that wait, by when they are due. */
  #queue: Delivery[] = [];
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: MovableClock) {
    this.#clock = clock;
    this.#stopWatching = clock.onMoved(() => this.#sendDue());
  }

  send(parcels: readonly Parcel[]): void {
    const nextAt = this.#clock.now().getTime();
    const added = parcels.map((parcel): Delivery => {
      const id = (this.#lastId += 1);
      return { id, parcel, status: 'waiting', note: null, attempts: [], failures: 0, nextAt };
    });
    for (const delivery of added) this.#deliveries.set(delivery.id, delivery);
    this.#enqueue(added, nextAt);
    this.#dropSurplus();
    this.#forget();
    this.#sendDue();
  }

  list() {
    return [...this.#deliveries.values()].map(({ id, parcel, status, note, attempts, nextAt }) => ({
      id,
      ...parcel.describe,
      url: parcel.url,
      status,
      note,
      attempts,
      nextAt: nextAt === null ? null : new Date(nextAt).toISOString(),
    }));
  }

  /** Sends a delivery again, with all its retries ahead; false where there is none, or it is being sent just now. */
  replay(id: number): boolean {
    const delivery = this.#deliveries.get(id);
    if (!delivery || delivery.status === 'sending') return false;
    this.#queue = this.#queue.filter((waiting) => waiting !== delivery);
    const nextAt = this.#clock.now().getTime();
    Object.assign(delivery, { status: 'waiting', note: null, failures: 0, nextAt });
    this.#enqueue([delivery], nextAt);
    this.#sendDue();
    return true;
  }

  clear(): void {
    this.#queue = [];
    for (const { id, status } of this.#deliveries.values()) {
      if (status !== 'sending') this.#deliveries.delete(id);
    }
    this.#sendDue();
  }

  /** Resolves once nothing is being sent; what waits for its retry goes on waiting. */
  async settled(): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.all(this.#inFlight);
  }

  /** Breaks off what is being sent. */
  async close(): Promise<void> {
    this.#stopWatching();
    clearTimeout(this.#timer);
    this.#closing.abort();
    await Promise.all(this.#inFlight);
  }

  #sendDue(): void {
    clearTimeout(this.#timer);
    if (this.#closing.signal.aborted) return;
    const now = this.#clock.now().getTime();
    while (this.#inFlight.size < atOnce) {
      const [next] = this.#queue;
      if (next === undefined) return;
      if (next.nextAt !== null && next.nextAt > now) {
        if (!this.#clock.isFrozen) {
          this.#timer = setTimeout(() => this.#sendDue(), next.nextAt - now).unref();
        }
        return;
      }
      this.#queue.shift();
      this.#start(next);
    }
  }

  /** Puts deliveries that are due at one time behind all that are due by then. */
  #enqueue(deliveries: readonly Delivery[], at: number): void {
    const place = this.#queue.findLastIndex(({ nextAt }) => nextAt !== null && nextAt <= at) + 1;
    this.#queue = this.#queue.slice(0, place).concat(deliveries, this.#queue.slice(place));
  }

  #start(delivery: Delivery): void {
    delivery.status = 'sending';
    const sending = this.#attempt(delivery).finally(() => {
      this.#inFlight.delete(sending);
      this.#forget();
      this.#sendDue();
    });
    this.#inFlight.add(sending);
  }

  async #attempt(delivery: Delivery): Promise<void> {
    const at = this.#clock.now().toISOString();
    const outcome = await this.#post(delivery.parcel);
    delivery.attempts = [...delivery.attempts, { at, ...outcome }];
    const isTaken = outcome.status !== null && outcome.status >= 200 && outcome.status < 300;
    const wait = isTaken ? undefined : retrySeconds[delivery.failures];
    if (!isTaken) delivery.failures += 1;
    delivery.nextAt = wait === undefined ? null : this.#clock.now().getTime() + wait * 1000;
    delivery.status = isTaken ? 'delivered' : wait === undefined ? 'given_up' : 'waiting';
    if (delivery.nextAt !== null) this.#enqueue([delivery], delivery.nextAt);
  }

  async #post({ url, pack }: Parcel): Promise<{ status: number | null; error: string | null }> {
    try {
      const signal = AbortSignal.any([this.#closing.signal, AbortSignal.timeout(timeoutMs)]);
      const response = await fetch(url, { method: 'POST', redirect: 'manual', signal, ...pack() });
      await response.body?.cancel();
      return { status: response.status, error: null };
    } catch (error) {
      // A receiver that cannot be reached is an expected outcome: it is listed, and tried again.
      return { status: null, error: describeFailure(error) };
    }
  }

  /** Drops the oldest of those that wait: a receiver that takes nothing must not fill the memory. */
  #dropSurplus(): void {
    let surplus = this.#queue.length - mostWaiting;
    if (surplus <= 0) return;
    for (const delivery of this.#deliveries.values()) {
      if (surplus === 0) break;
      if (delivery.status !== 'waiting') continue;
      const note = `more than ${mostWaiting} were waiting`;
      Object.assign(delivery, { status: 'dropped', note, nextAt: null });
      surplus -= 1;
    }
    this.#queue = this.#queue.filter(({ status }) => status === 'waiting');
  }

  /** Lets the oldest finished ones go. */
  #forget(): void {
    let surplus = this.#deliveries.size - this.#queue.length - this.#inFlight.size - keptDeliveries;
    for (const { id, status } of this.#deliveries.values()) {
      if (surplus <= 0) return;
      if (status === 'waiting' || status === 'sending') continue;
      this.#deliveries.delete(id);
      surplus -= 1;
    }
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
