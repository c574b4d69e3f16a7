import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import { oneAtATime } from '../oneAtATime.ts';
import type { Database } from '../repositories/database.ts';
import {
  applyJourneys,
  loadChunk,
  loadDerivation,
  type AppliedCounts,
  type LoadedDerivation,
} from '../repositories/derivationRepository.ts';
import { setOverride } from '../repositories/journeyRepository.ts';
import type { StateNumber } from '../schemas/state.ts';
import { timestampOf } from '../state/timestamps.ts';
import { chunkCustomers } from './loadChunks.ts';
import { planDerivation } from './planDerivation.ts';

const maxConflicts = 10;

export interface DerivedCounts {
  rows: number;
  transitions: number;
  runsStarted: number;
  runsEnded: number;
}

/** How far a call of deriveConnection has come. */
interface Progress {
  counts: DerivedCounts;
  onlyPeople: boolean;
  /** Nothing has been loaded yet. */
  isFirst: boolean;
  after: { records: number; settings: number };
  /** The chunk that follows the one that was just applied, loaded meanwhile. */
  ahead: Promise<LoadedDerivation | null> | null;
  /** Attempts in a row that came too late. */
  conflicts: number;
  /** The chunk at which the last of them was. */
  lost: LoadedDerivation['walk'];
}

/** Derives journeys from the mirror and applies what changed; sets states by hand. */
export class CustomerStateService {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #gates = new Map<string, ReturnType<typeof oneAtATime>>();

  constructor(deps: { database: Database; clock: Clock }) {
    this.#database = deps.database;
    this.#clock = deps.clock;
  }

  /**
   * Derives everything of a connection that may be: overrides and due timers first, then the history, then what reads
   * brought, then changed settings. What reads brought waits until all that was visible with it has been read. With
   * `only: 'people'` what people, flows and the clock did, and nothing else.
   */
  async deriveConnection(connectionId: string, options: { only?: 'people' } = {}): Promise<DerivedCounts> {
    const progress: Progress = {
      counts: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 },
      onlyPeople: options.only === 'people',
      isFirst: true,
      after: { records: 0, settings: 0 },
      ahead: null,
      conflicts: 0,
      lost: null,
    };
    // The database decides between processes; within this one nobody needs to lose. A batch at a time, so that an
    // override need not wait for a whole history.
    const gate = this.#gates.get(connectionId) ?? oneAtATime();
    this.#gates.set(connectionId, gate);
    while (await gate(() => this.#deriveNext(connectionId, progress)));
    return progress.counts;
  }

  /** Sets a journey's state; the same `id` a second time changes nothing. */
  async setState(change: {
    id?: string;
    journeyId: string;
    connectionId: string;
    state: StateNumber;
    reason: string;
    setBy: string;
    source: 'manual' | 'flow';
  }): Promise<void> {
    const now = this.#clock.now();
    await setOverride(this.#database, {
      ...change,
      id: change.id ?? randomUUID(),
      setOn: timestampOf(now),
      now,
    });
    await this.deriveConnection(change.connectionId, { only: 'people' });
  }

  /** One batch; false when nothing is left that may be derived now. */
  async #deriveNext(connectionId: string, progress: Progress): Promise<boolean> {
    const now = this.#clock.now();
    const loaded = (await progress.ahead) ?? (await this.#load(connectionId, progress, now));
    if (!loaded || isWalkedByOthers(loaded, progress)) return false;
    const { after } = progress;
    progress.after = {
      records: loaded.rule === 'records' ? (loaded.after ?? 0) : after.records,
      settings: loaded.rule === 'settings' ? (loaded.after ?? after.settings) : after.settings,
    };
    const next = this.#loadAhead(connectionId, loaded);
    progress.ahead = null;
    try {
      const applied = await this.#apply(connectionId, loaded, now);
      if (applied) addCounts(progress.counts, applied);
      progress.ahead = applied && next ? fencedBy(applied, next) : null;
      // It is waited for after the gate: until then its failure is nobody's.
      progress.ahead?.catch(() => {});
      progress.conflicts = 0;
      progress.lost = null;
    } catch (error) {
      // Somebody else applied the same journeys in between: what they wrote is read and compared anew.
      if (!(error instanceof AppError) || error.code !== 'conflict') throw error;
      if (progress.conflicts >= maxConflicts) throw error;
      progress.conflicts += 1;
      progress.lost = loaded.walk;
      progress.after = after;
    }
    return true;
  }

  async #load(connectionId: string, progress: Progress, now: Date): Promise<LoadedDerivation | null> {
    const { onlyPeople, isFirst, after } = progress;
    const options = { limit: chunkCustomers, now, onlyPeople, isFirst, after };
    const loaded = await loadDerivation(this.#database, connectionId, options);
    progress.isFirst = false;
    return loaded;
  }

  /** While a chunk of a walk is computed and applied, the next is read already. */
  #loadAhead(
    connectionId: string,
    { rule, walk, isUrgent }: LoadedDerivation,
  ): Promise<LoadedDerivation> | null {
    if (!walk?.next || isUrgent || (rule !== 'backfill' && rule !== 'settings')) return null;
    const ahead = loadChunk(this.#database, connectionId, {
      rule,
      position: walk.next,
      limit: chunkCustomers,
    });
    // When the present chunk fails, nobody asks for the next.
    ahead.catch(() => {});
    return ahead;
  }

  async #apply(connectionId: string, loaded: LoadedDerivation, now: Date): Promise<AppliedCounts | null> {
    const { derivation, queueIds, postponedIds, walk } = loaded;
    if (queueIds.length + postponedIds.length === 0 && !walk) return null;
    const plan = planDerivation(loaded, now);
    return applyJourneys(this.#database, {
      connectionId,
      derivation,
      queueIds,
      postponedIds,
      walk,
      ...plan,
      now,
    });
  }
}

/**
 * A chunk that was loaded before the one ahead of it was applied: these two share no journey, so it still holds if
 * nothing else was applied meanwhile. Null: it must be loaded anew.
 */
async function fencedBy(
  applied: AppliedCounts,
  ahead: Promise<LoadedDerivation>,
): Promise<LoadedDerivation | null> {
  const loaded = await ahead;
  const isBefore = loaded.derivation === applied.derivation - 1;
  if (!isBefore && loaded.derivation !== applied.derivation) return null;
  return { ...loaded, derivation: applied.derivation };
}

/** Another worker is on the same walk: it goes on, this one leaves it. */
function isWalkedByOthers({ walk }: LoadedDerivation, { lost }: Progress): boolean {
  if (!walk || !lost || walk.source !== lost.source) return false;
  return walk.phase !== lost.phase || walk.recordId !== lost.recordId;
}

function addCounts(sum: DerivedCounts, counts: AppliedCounts): void {
  sum.rows += counts.rows;
  sum.transitions += counts.transitions;
  sum.runsStarted += counts.runsStarted;
  sum.runsEnded += counts.runsEnded;
}
