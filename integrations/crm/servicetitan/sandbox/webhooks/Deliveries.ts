import type { MovableClock } from '../MovableClock.ts';

/** Seconds after a failure until the next attempt; after the last one the delivery is given up. */
const retrySeconds = [10, 30, 60, 300] as const;
const keptDeliveries = 1000;
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
  status: 'waiting' | 'sending' | 'delivered' | 'given_up';
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
  #deliveries: Delivery[] = [];
  #lastId = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: MovableClock) {
    this.#clock = clock;
    this.#stopWatching = clock.onMoved(() => this.#sendDue());
  }

  send(parcels: readonly Parcel[]): void {
    const now = this.#clock.now().getTime();
    for (const parcel of parcels) {
      const id = (this.#lastId += 1);
      this.#deliveries.push({ id, parcel, status: 'waiting', attempts: [], failures: 0, nextAt: now });
    }
    this.#forget();
    this.#sendDue();
  }

  list() {
    return this.#deliveries.map(({ id, parcel, status, attempts, nextAt }) => ({
      id,
      ...parcel.describe,
      url: parcel.url,
      status,
      attempts,
      nextAt: nextAt === null ? null : new Date(nextAt).toISOString(),
    }));
  }

  /** Sends a delivery again, with all its retries ahead; false where there is none, or it is being sent just now. */
  replay(id: number): boolean {
    const delivery = this.#deliveries.find((candidate) => candidate.id === id);
    if (!delivery || delivery.status === 'sending') return false;
    Object.assign(delivery, { status: 'waiting', failures: 0, nextAt: this.#clock.now().getTime() });
    this.#sendDue();
    return true;
  }

  clear(): void {
    this.#deliveries = this.#deliveries.filter(({ status }) => status === 'sending');
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
    const waiting = this.#deliveries.filter((one) => one.status === 'waiting' && one.nextAt !== null);
    for (const delivery of waiting) {
      if (this.#inFlight.size >= atOnce) return;
      if ((delivery.nextAt ?? now) <= now) this.#start(delivery);
    }
    const next = Math.min(
      ...waiting.map((one) => (one.status === 'waiting' ? (one.nextAt ?? Infinity) : Infinity)),
    );
    if (Number.isFinite(next) && !this.#clock.isFrozen) {
      this.#timer = setTimeout(() => this.#sendDue(), Math.max(0, next - now)).unref();
    }
  }

  #start(delivery: Delivery): void {
    delivery.status = 'sending';
    const sending = this.#attempt(delivery).finally(() => {
      this.#inFlight.delete(sending);
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

  /** Lets the oldest finished ones go. */
  #forget(): void {
    let surplus = this.#deliveries.length - keptDeliveries;
    if (surplus <= 0) return;
    this.#deliveries = this.#deliveries.filter(({ status }) => {
      const isFinished = status === 'delivered' || status === 'given_up';
      if (surplus <= 0 || !isFinished) return true;
      surplus -= 1;
      return false;
    });
  }
}

function describeFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}
