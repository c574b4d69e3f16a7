import type { Clock } from '#integrations/clock.ts';
import { toTimestamp } from './timestamps.ts';

/** As far as the clock goes: timestamps have four digits for the year, and tokens and appointments lie ahead of it. */
export const lastMoment = new Date('9999-12-30T00:00:00Z');

export interface ClockState {
  /** Set while the clock stands still: the moment at which it was stopped. */
  readonly frozenAt: string | null;
  readonly offsetMs: number;
}

/** The sandbox's own time: another clock plus an offset, or a standing moment plus an offset. It never goes back. */
export class MovableClock implements Clock {
  readonly #base: Clock;
  readonly #onMove: (state: ClockState) => void;
  #state: ClockState = { frozenAt: null, offsetMs: 0 };
  #lastStamp = '';
  readonly #watchers = new Set<() => void>();

  constructor(base: Clock, onMove: (state: ClockState) => void) {
    this.#base = base;
    this.#onMove = onMove;
  }

  get state(): ClockState {
    return this.#state;
  }

  get isFrozen(): boolean {
    return this.#state.frozenAt !== null;
  }

  /** How far this clock is ahead of the one that it is built on. */
  get offsetMs(): number {
    return this.now().getTime() - this.#base.now().getTime();
  }

  now(): Date {
    const { frozenAt, offsetMs } = this.#state;
    const time = (frozenAt === null ? this.#base.now().getTime() : Date.parse(frozenAt)) + offsetMs;
    // A running clock would go on into years that no timestamp can write.
    return new Date(Math.min(time, lastMoment.getTime()));
  }

  /** The timestamp for something that is written now; two of them are never equal, though they may share a millisecond. */
  stamp(): string {
    const now = this.now();
    let stamp = toTimestamp(now);
    if (stamp.slice(0, -5) === this.#lastStamp.slice(0, -5)) {
      stamp = toTimestamp(now, Math.min(9999, Number(this.#lastStamp.slice(-5, -1)) + 1));
    }
    this.#lastStamp = stamp;
    return stamp;
  }

  /** Whether the clock can move on by so much. */
  canAdvance(milliseconds: number): boolean {
    return this.now().getTime() + milliseconds <= lastMoment.getTime();
  }

  advance(milliseconds: number): void {
    if (!(milliseconds >= 0)) throw new RangeError("The sandbox's clock only moves forward.");
    if (!this.canAdvance(milliseconds)) {
      throw new RangeError(`The sandbox's clock goes no further than ${lastMoment.toISOString()}.`);
    }
    this.#move({ ...this.#state, offsetMs: this.#state.offsetMs + milliseconds });
  }

  freeze(): void {
    this.#move({ frozenAt: this.now().toISOString(), offsetMs: 0 });
  }

  /** Lets a standing clock run on from where it stands. */
  unfreeze(): void {
    if (this.isFrozen) this.#move({ frozenAt: null, offsetMs: this.offsetMs });
  }

  /** Calls after every move, stop and start; the answer ends it. */
  onMoved(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Takes up a state that was kept, without reporting it as one to be kept. */
  restore(state: ClockState): void {
    this.#state = state;
    this.#tellWatchers();
  }

  /** Makes this moment the present, be it past or future: only before anything has been written. */
  startAt(moment: Date, { isFrozen }: { isFrozen: boolean }): void {
    this.#state = isFrozen
      ? { frozenAt: moment.toISOString(), offsetMs: 0 }
      : { frozenAt: null, offsetMs: moment.getTime() - this.#base.now().getTime() };
  }

  #move(state: ClockState): void {
    this.#state = state;
    this.#onMove(state);
    this.#tellWatchers();
  }

  #tellWatchers(): void {
    for (const watcher of this.#watchers) watcher();
  }
}
