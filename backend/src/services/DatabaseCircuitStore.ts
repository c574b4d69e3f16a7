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
import { DatabaseReach } from './DatabaseReach.ts';

/** Circuits that all processes share; the key is the id of a connection. */
export class DatabaseCircuitStore implements CircuitStore {
  readonly #database: Database;
  readonly #clock: Clock;

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  async read(connectionId: string): Promise<CircuitSnapshot> {
    return await this.#ask(() => readCircuit(this.#database, connectionId));
  }

  async failed(connectionId: string, reason: string): Promise<CircuitSnapshot> {
    const limits = { failuresToOpen, firstOpenMs, longestOpenMs };
    const now = this.#clock.now();
    const failure = { connectionId, reason, ...limits, now };
    return await this.#ask(() => reportCallFailure(this.#database, failure));
  }

  async answered(connectionId: string): Promise<CircuitSnapshot> {
    const now = this.#clock.now();
    return await this.#ask(() => reportCallAnswer(this.#database, connectionId, now));
  }

  async claimTrial(connectionId: string): Promise<boolean> {
    return await this.#ask(() => claimCircuitTrial(this.#database, connectionId, trialMs));
  }

  async #ask<Result>(question: () => Promise<Result>): Promise<Result> {
    return await DatabaseReach.of(this.#database).ask(question);
  }
}
