import type { CircuitSnapshot, CircuitStore } from '#integrations/calls/CircuitStore.ts';
import { failuresToOpen, firstOpenMs, longestOpenMs, trialMs } from '#integrations/calls/circuitTable.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../repositories/database.ts';
import {
  claimCircuitTrial,
  readCircuit,
  reportCallAnswer,
  reportCallFailure,
} from '../repositories/sharedCallsRepository.ts';

/** Circuits that all processes share; the key is the id of a connection. */
export class DatabaseCircuitStore implements CircuitStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  async read(connectionId: string): Promise<CircuitSnapshot> {
    return await readCircuit(this.#database, connectionId);
  }

  async failed(connectionId: string, reason: string): Promise<CircuitSnapshot> {
    const limits = { failuresToOpen, firstOpenMs, longestOpenMs };
    const now = this.#clock.now();
    return await reportCallFailure(this.#database, { connectionId, reason, ...limits, now });
  }

  async answered(connectionId: string): Promise<CircuitSnapshot> {
    return await reportCallAnswer(this.#database, connectionId, this.#clock.now());
  }

  async claimTrial(connectionId: string): Promise<boolean> {
    return await claimCircuitTrial(this.#database, connectionId, trialMs);
  }
}
