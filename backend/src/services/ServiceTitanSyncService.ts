import { randomUUID } from 'node:crypto';
import { IntegrationError } from '#integrations/errors.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import {
  findConnection,
  markBackfilled,
  setConnectionStatus,
  type ConnectionRow,
} from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import {
  finishSyncRun,
  listCursors,
  noteIdleReads,
  noteReadFailure,
  startSyncRun,
  type CursorRow,
} from '../repositories/syncRepository.ts';
import { acquireLease, insertChangeEvent, releaseLease } from '../repositories/workspaceRepository.ts';
import type { ConnectionService } from './ConnectionService.ts';
import type { CustomerStateService, DerivedCounts } from './CustomerStateService.ts';
import { ResourceReader, type ResourceCounts, type ResourceRead } from './ResourceReader.ts';
import { SuppressionExchange } from './SuppressionExchange.ts';
import {
  failureText,
  lackingText,
  lackOf,
  meaningOf,
  referenceResources,
  type Lack,
  type Picture,
} from './syncPicture.ts';

/**
 * Parents before children: a job that is seen has its appointments and estimates visible by the time that these are
 * read, so it is never derived without them.
 */
const stateResources = [
  'customers',
  'customer_contacts',
  'bookings',
  'leads',
  'jobs',
  'appointments',
  'canceled_logs',
  'estimates',
] as const satisfies Resource[];

const referenceAgeMs = 24 * 3600_000;
/** Nothing renews the lease during one request with its retries, nor while a backfill is derived. */
const leaseSeconds = 600;
const renewEveryMs = 20_000;

export interface SyncSummary {
  connectionId: string;
  connectionName: string;
  /** busy: another worker is syncing this connection; nothing was done. */
  status: 'succeeded' | 'failed' | 'busy';
  error: string | null;
  resources: Record<string, ResourceCounts>;
  derived: DerivedCounts;
  milliseconds: number;
}

type Source = ResourceRead['source'];

/** A sync under way; `resources` and `derived` count what it has done so far. */
interface Sync {
  source: Source;
  resources: Record<string, ResourceCounts>;
  derived: DerivedCounts;
  renew: () => Promise<void>;
}

class LeaseLostError extends Error {}

interface SyncDeps {
  database: Database;
  connections: ConnectionService;
  states: CustomerStateService;
  clock: Clock;
  /** Leases and durations are a matter of the machine's time, not of the product's. */
  systemClock: Clock;
  logger: Logger;
}

/** Reads what changed in a connection's tenant, mirrors it, and derives the journeys that it touched. */
export class ServiceTitanSyncService {
  readonly #deps: SyncDeps;
  readonly #suppressions: SuppressionExchange;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
    this.#suppressions = new SuppressionExchange(deps);
  }

  /** One poll of one connection. What goes wrong in it is part of the summary, so that the others' polls go on. */
  async syncConnection(connectionId: string, source: Source): Promise<SyncSummary> {
    const { database, systemClock } = this.#deps;
    const connection = await findConnection(database, connectionId);
    if (!connection) throw new AppError('not_found', 'There is no such connection.');
    const started = systemClock.now().getTime();
    const counts = { resources: {}, derived: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 } };
    const outcome = await this.#underLease(connectionId, (renew) =>
      this.#syncLeased(connection, { source, ...counts, renew }),
    );
    return {
      connectionId,
      connectionName: connection.name,
      ...outcome,
      ...counts,
      milliseconds: systemClock.now().getTime() - started,
    };
  }

  /** Does the work while no other worker syncs the connection; busy where another one does, or has taken over. */
  async #underLease(
    connectionId: string,
    work: (renew: () => Promise<void>) => Promise<Pick<SyncSummary, 'status' | 'error'>>,
  ): Promise<Pick<SyncSummary, 'status' | 'error'>> {
    const { database, systemClock } = this.#deps;
    const lease = { name: `sync:${connectionId}`, holder: randomUUID(), seconds: leaseSeconds };
    const acquire = () => acquireLease(database, { ...lease, systemNow: systemClock.now() });
    const busy = { status: 'busy', error: null } as const;
    let renewedAt = systemClock.now().getTime();
    if (!(await acquire())) return busy;
    try {
      return await work(async () => {
        const now = systemClock.now().getTime();
        if (now - renewedAt < renewEveryMs) return;
        if (!(await acquire())) throw new LeaseLostError('Another worker has taken over this sync.');
        renewedAt = now;
      });
    } catch (error) {
      if (error instanceof LeaseLostError) return busy;
      throw error;
    } finally {
      await releaseLease(database, lease.name, lease.holder);
    }
  }

  async #syncLeased(connection: ConnectionRow, sync: Sync): Promise<Pick<SyncSummary, 'status' | 'error'>> {
    const { database, clock } = this.#deps;
    const runId = await startSyncRun(database, {
      workspaceId: connection.workspace_id,
      connectionId: connection.id,
      source: sync.source,
      startedAt: clock.now(),
    });
    const picture = await this.#tryToSync(connection, { ...sync, runId });
    const status = picture.failure === null ? 'succeeded' : 'failed';
    await finishSyncRun(database, {
      id: runId,
      status,
      counts: sync.resources,
      error: picture.failure,
      finishedAt: clock.now(),
    });
    await this.#noteStatus(connection, picture);
    await insertChangeEvent(
      database,
      { workspaceId: connection.workspace_id, type: 'sync', payload: { connectionId: connection.id } },
      clock.now(),
    );
    return { status, error: picture.failure };
  }

  async #tryToSync(connection: ConnectionRow, sync: Sync & { runId: string }): Promise<Picture> {
    const { logger } = this.#deps;
    try {
      return await this.#readAndDerive(connection, sync);
    } catch (error) {
      if (error instanceof LeaseLostError) throw error;
      const failure = reasonOf(error);
      if (isAboutCredentials(error)) logger.warn({ connectionId: connection.id }, failure);
      else logger.error({ err: error, connectionId: connection.id }, 'A sync stopped.');
      return { failure, notice: null };
    }
  }

  async #readAndDerive(connection: ConnectionRow, sync: Sync & { runId: string }): Promise<Picture> {
    const { database, states, clock } = this.#deps;
    const derive = async (includeRecords: boolean) =>
      addDerived(sync.derived, await states.deriveConnection(connection.id, { includeRecords }));
    // Settings, overrides and timers are derived from the mirror as it was: once read, the news of this poll would be
    // taken for their effect and start no flow.
    await derive(false);
    const picture = await this.#readAll(connection, sync);
    await sync.renew();
    // What a failed poll has not read could make a wrong picture: then only what people and the clock did is derived.
    await derive(picture.failure === null);
    await sync.renew();
    if (picture.failure === null) await markBackfilled(database, connection.id, clock.now());
    return picture;
  }

  /** Reads every resource; answers the first failure that makes the picture incomplete. */
  async #readAll(connection: ConnectionRow, sync: Sync & { runId: string }): Promise<Picture> {
    const { database, connections, clock } = this.#deps;
    const service = await connections.clientOf(
      connection.id,
      connection.backfilled_at === null ? 'backfill' : 'poll',
    );
    const cursors = new Map(
      (await listCursors(database, connection.id)).map((cursor) => [cursor.resource, cursor]),
    );
    const reader = new ResourceReader({ ...this.#deps, service, connection });
    const idle: Resource[] = [];
    const lacks: Lack[] = [];
    let failure: string | null = null;
    let isRefused = false;
    // Reference lists come last: where credentials are refused, that has shown by then.
    const wanted = [
      ...stateResources,
      ...referenceResources.filter((resource) => this.#isDue(cursors.get(resource))),
    ];
    for (const resource of wanted) {
      await sync.renew();
      const counts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
      sync.resources[resource] = counts;
      try {
        const cursor = cursors.get(resource);
        lacks.push(...(await reader.read({ ...sync, resource, counts, idle, cursor })));
      } catch (error) {
        if (!(error instanceof IntegrationError)) throw error;
        await this.#noteFailure(connection, resource, error);
        const meaning = meaningOf(resource, error);
        if (meaning === 'incomplete') failure ??= failureText(resource, error);
        if (meaning === 'lacking') lacks.push(lackOf(resource));
        isRefused = error.kind === 'auth';
        if (isRefused) break;
      }
    }
    if (idle.length > 0)
      await noteIdleReads(database, { connectionId: connection.id, resources: idle, readAt: clock.now() });
    // E-mails that are due go out whatever the states' picture is like, so opt-outs are read all the same.
    if (isRefused) return { failure, notice: lackingText(lacks) };
    const exchanged = await this.#suppressions.run({
      service,
      connection,
      cursor: cursors.get('suppressions'),
      renew: sync.renew,
    });
    const sentences = [lackingText([...lacks, ...exchanged.lacks]), ...exchanged.problems];
    return { failure, notice: sentences.filter(Boolean).join(' ') || null };
  }

  async #noteFailure(connection: ConnectionRow, resource: Resource, error: IntegrationError): Promise<void> {
    const { database, clock, logger } = this.#deps;
    logger.warn(
      { connectionId: connection.id, resource, kind: error.kind, requestId: error.requestId },
      error.message,
    );
    await noteReadFailure(database, {
      connectionId: connection.id,
      resource,
      message: error.message,
      readAt: clock.now(),
    });
  }

  async #noteStatus(connection: ConnectionRow, { failure, notice }: Picture): Promise<void> {
    const { database, clock } = this.#deps;
    const status = failure === null ? 'connected' : 'error';
    const reason = failure === null ? notice : [failure, notice].filter(Boolean).join(' ');
    if (connection.status === status && connection.status_reason === reason) return;
    await setConnectionStatus(database, { connection, status, reason, now: clock.now() });
  }

  #isDue(cursor: CursorRow | undefined): boolean {
    if (!cursor?.last_read_at || cursor.failures > 0) return true;
    return this.#deps.clock.now().getTime() - Date.parse(cursor.last_read_at) >= referenceAgeMs;
  }
}

function isAboutCredentials(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'unavailable' || error.code === 'not_found');
}

function reasonOf(error: unknown): string {
  if (error instanceof AppError) return error.message;
  const name = error instanceof Error ? error.name : typeof error;
  return `The sync stopped on an unexpected error (${name}). It is tried again; the server's log has the details.`;
}

function addDerived(sum: DerivedCounts, counts: DerivedCounts): void {
  sum.rows += counts.rows;
  sum.transitions += counts.transitions;
  sum.runsStarted += counts.runsStarted;
  sum.runsEnded += counts.runsEnded;
}
