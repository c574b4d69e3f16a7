import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { listConnections } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { loadSettings } from '../repositories/derivationRepository.ts';
import {
  nameExamples,
  previewRuns,
  startPreview,
  updatePreview,
  type SettingsScope,
} from '../repositories/stateSettingsRepository.ts';
import { previewChunk, type ComparedSettings } from '../state/previewChunk.ts';
import { journeySettings } from '../state/settings.ts';
import type { SettingsSnapshot } from '../state/settingsChanges.ts';
import { timestampOf } from '../state/timestamps.ts';
import { loadChunks } from './loadChunks.ts';
import { PreviewTally } from './PreviewTally.ts';

/** Longer than a chunk takes, so that it only runs out where the process died. */
const leaseMs = 120_000;

interface PreviewsDeps {
  database: Database;
  clock: Clock;
  /** Leases are a matter of the machine's time, not of the product's. */
  systemClock: Clock;
  logger: Logger;
}

interface PreviewedChange {
  scope: SettingsScope;
  before: SettingsSnapshot;
  after: SettingsSnapshot;
  undoes: string | null;
  actor: string;
}

class CanceledError extends Error {}

/** Computes in the background what changes of settings would do. Progress and result are in the database. */
export class StateSettingsPreviews {
  readonly #deps: PreviewsDeps;
  readonly #running = new Set<Promise<void>>();
  readonly #stopped = new AbortController();

  constructor(deps: PreviewsDeps) {
    this.#deps = deps;
  }

  /** Starts one; whatever was under way for the scope, in whichever process, is canceled. */
  async start(change: PreviewedChange): Promise<void> {
    const { database, clock } = this.#deps;
    const id = randomUUID();
    const { scope, before, after, undoes, actor } = change;
    await startPreview(database, {
      id,
      scope,
      before,
      after,
      undoes,
      actor,
      now: clock.now(),
      leasedUntil: this.#leasedUntil(),
    });
    const run = this.#run(id, change).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Settles when none is under way in this process. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** Leaves off what is under way; the screens say that it was interrupted. */
  async close(): Promise<void> {
    this.#stopped.abort();
    await this.idle();
  }

  async #run(id: string, change: PreviewedChange): Promise<void> {
    const { database, systemClock, logger } = this.#deps;
    try {
      const tally = await this.#walk(id, change);
      const examples = await nameExamples(
        database,
        tally.examples().map(({ contact, ...example }) => ({
          ...example,
          contactType: contact?.type ?? null,
          contactSourceId: contact?.id ?? null,
        })),
      );
      const result = tally.result(examples);
      const leasedUntil = this.#leasedUntil();
      await updatePreview(database, id, { status: 'done', lookedAt: tally.lookedAt, result, leasedUntil });
    } catch (error) {
      if (error instanceof CanceledError) return;
      const isStopped = this.#stopped.signal.aborted;
      if (!isStopped) logger.error({ err: error, previewId: id }, 'A preview of settings stopped.');
      const told = isStopped ? {} : { status: 'failed' as const, error: reasonOf(error) };
      await updatePreview(database, id, { ...told, leasedUntil: systemClock.now() }).catch(
        (failure: unknown) => logger.warn({ err: failure, previewId: id }, 'Nor could that be stored.'),
      );
    }
  }

  async #walk(id: string, { scope, before, after }: PreviewedChange): Promise<PreviewTally> {
    const { database, clock } = this.#deps;
    const now = clock.now();
    const tally = new PreviewTally();
    for (const { id: connectionId } of await listConnections(database, scope.workspaceId)) {
      if (scope.connectionId !== null && scope.connectionId !== connectionId) continue;
      const loaded = await loadSettings(database, connectionId);
      const compared = { before: withSnapshot(loaded, before), after: withSnapshot(loaded, after) };
      for await (const { records, rows, overrides } of loadChunks(database, connectionId)) {
        if (this.#stopped.signal.aborted) throw new Error('The process stops.');
        const chunk = previewChunk({ records, rows, overrides, ...compared, now });
        const isAboutRuns = chunk.leavings.length + chunk.entries.length > 0;
        const flows = isAboutRuns ? await previewRuns(database, connectionId, chunk, now) : [];
        tally.add(connectionId, chunk, flows);
        const progress = { lookedAt: tally.lookedAt, leasedUntil: this.#leasedUntil() };
        if (!(await updatePreview(database, id, progress))) throw new CanceledError();
      }
    }
    return tally;
  }

  #leasedUntil(): Date {
    return new Date(this.#deps.systemClock.now().getTime() + leaseMs);
  }
}

type LoadedSettings = Awaited<ReturnType<typeof loadSettings>>;

/** The settings of a connection, its own or its workspace's part replaced. */
function withSnapshot({ journeys, liveFrom }: LoadedSettings, snapshot: SettingsSnapshot): ComparedSettings {
  return {
    settings: journeySettings.parse({ ...journeys, ...snapshot }),
    liveFrom: 'liveFrom' in snapshot ? timestampOf(new Date(snapshot.liveFrom)) : liveFrom,
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError && error.code !== 'internal') return error.message;
  return 'Something went wrong here. Preview again; the log has the reason.';
}
