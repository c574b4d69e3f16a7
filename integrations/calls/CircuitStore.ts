import type { Stopwatch } from '../retry.ts';
import { circuitTable, failuresToOpen, openMs, trialMs, type CircuitState } from './circuitTable.ts';

export interface CircuitSnapshot {
  state: CircuitState;
  /** Failed calls in a row. */
  failures: number;
  /** Until the next call is tried; 0 unless the circuit is open. */
  waitMs: number;
  /** Why the last call failed. */
  reason: string | null;
}

/** Where circuits are kept. Kept in a database, all processes stop and go on together. */
export interface CircuitStore {
  read(key: string): Promise<CircuitSnapshot>;
  failed(key: string, reason: string): Promise<CircuitSnapshot>;
  answered(key: string): Promise<CircuitSnapshot>;
  /** Whether this caller may make the one call that tries an open circuit whose time has passed. */
  claimTrial(key: string): Promise<boolean>;
}

interface Kept {
  state: CircuitState;
  failures: number;
  openings: number;
  until: number;
  reason: string | null;
}

const closed: Kept = { state: 'closed', failures: 0, openings: 0, until: 0, reason: null };

/** Circuits of this process alone. */
export class MemoryCircuitStore implements CircuitStore {
  readonly #stopwatch: Stopwatch;
  readonly #circuits = new Map<string, Kept>();

  constructor(stopwatch: Stopwatch) {
    this.#stopwatch = stopwatch;
  }

  read(key: string): Promise<CircuitSnapshot> {
    const { state, failures, until, reason } = this.#circuits.get(key) ?? closed;
    const waitMs = state === 'open' ? Math.max(0, until - this.#stopwatch()) : 0;
    return Promise.resolve({ state, failures, waitMs, reason });
  }

  failed(key: string, reason: string): Promise<CircuitSnapshot> {
    const known = this.#circuits.get(key) ?? closed;
    const failures = known.failures + 1;
    const isOften = known.state === 'half_open' || failures >= failuresToOpen;
    const next = isOften ? circuitTable[known.state].failed_often : null;
    const openings = known.openings + 1;
    const opened = next && { state: next, openings, until: this.#stopwatch() + openMs(openings) };
    this.#circuits.set(key, { ...known, failures, reason, ...opened });
    return this.read(key);
  }

  answered(key: string): Promise<CircuitSnapshot> {
    this.#circuits.delete(key);
    return this.read(key);
  }

  claimTrial(key: string): Promise<boolean> {
    const known = this.#circuits.get(key);
    const now = this.#stopwatch();
    if (!known || known.state === 'closed' || now < known.until) return Promise.resolve(false);
    this.#circuits.set(key, {
      ...known,
      state: circuitTable[known.state].tried ?? known.state,
      until: now + trialMs,
    });
    return Promise.resolve(true);
  }
}
