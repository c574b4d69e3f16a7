import { randomUUID } from 'node:crypto';
import { IntegrationError } from '#integrations/errors.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
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
  pullSuppressions,
  pendingWriteBacks,
  markWrittenBack,
} from '../repositories/suppressionSyncRepository.ts';
import {
  finishSyncRun,
  ingestPage,
  listCursors,
  noteIdleReads,
  noteReadFailure,
  startSyncRun,
  type CursorRow,
} from '../repositories/syncRepository.ts';
import { acquireLease, insertChangeEvent, releaseLease } from '../repositories/workspaceRepository.ts';
import type { ConnectionService } from './ConnectionService.ts';
import type { CustomerStateService, DerivedCounts } from './CustomerStateService.ts';

const referenceResources = ['job_types', 'business_units', 'cancel_reasons'] as const satisfies Resource[];

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
const leaseSeconds = 120;
const renewEveryMs = 20_000;
const batchSize = 2000;

export interface ResourceCounts {
  read: number;
  new: number;
  changed: number;
  skipped: number;
  failed: number;
}

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

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  /** One poll of one connection. Failures of the tenant are part of the summary; only ours are thrown. */
  async syncConnection(connectionId: string, source: 'poll' | 'webhook' | 'manual'): Promise<SyncSummary> {
    const { database, systemClock } = this.#deps;
    const connection = await findConnection(database, connectionId);
    if (!connection) throw new AppError('not_found', 'There is no such connection.');
    const started = systemClock.now().getTime();
    const holder = randomUUID();
    const lease = { name: `sync:${connectionId}`, holder, seconds: leaseSeconds };
    const summary = (
      status: SyncSummary['status'],
      error: string | null,
      work: Partial<SyncSummary>,
    ): SyncSummary => ({
      connectionId,
      connectionName: connection.name,
      status,
      error,
      resources: {},
      derived: { rows: 0, transitions: 0, runsStarted: 0, runsEnded: 0 },
      ...work,
      milliseconds: systemClock.now().getTime() - started,
    });
    if (!(await acquireLease(database, { ...lease, systemNow: systemClock.now() })))
      return summary('busy', null, {});
    let renewedAt = started;
    try {
      return await this.#syncLeased(connection, source, {
        renew: async () => {
          const systemNow = systemClock.now();
          if (systemNow.getTime() - renewedAt < renewEveryMs) return;
          const held = await acquireLease(database, { ...lease, systemNow });
          if (!held) throw new AppError('conflict', 'Another worker has taken over this sync.');
          renewedAt = systemNow.getTime();
        },
        summary,
      });
    } finally {
      await releaseLease(database, lease.name, holder);
    }
  }

  async #syncLeased(
    connection: ConnectionRow,
    source: 'poll' | 'webhook' | 'manual',
    tools: {
      renew: () => Promise<void>;
      summary: (
        status: SyncSummary['status'],
        error: string | null,
        work: Partial<SyncSummary>,
      ) => SyncSummary;
    },
  ): Promise<SyncSummary> {
    const { database, states, clock } = this.#deps;
    const runId = await startSyncRun(database, {
      workspaceId: connection.workspace_id,
      connectionId: connection.id,
      source,
      startedAt: clock.now(),
    });
    const resources: Record<string, ResourceCounts> = {};
    const error = await this.#readAll(connection, { runId, source, resources, renew: tools.renew });
    // What a failed poll has not read could make a wrong picture: then only what people and the clock did is derived.
    const derived = await states.deriveConnection(connection.id, { includeRecords: error === null });
    if (error === null) await markBackfilled(database, connection.id, clock.now());
    await finishSyncRun(database, {
      id: runId,
      status: error === null ? 'succeeded' : 'failed',
      counts: resources,
      error,
      finishedAt: clock.now(),
    });
    await this.#noteStatus(connection, error);
    await insertChangeEvent(
      database,
      { workspaceId: connection.workspace_id, type: 'sync', payload: { connectionId: connection.id } },
      clock.now(),
    );
    return tools.summary(error === null ? 'succeeded' : 'failed', error, { resources, derived });
  }

  /** Reads every resource; answers the first failure that makes the picture incomplete. */
  async #readAll(
    connection: ConnectionRow,
    run: {
      runId: string;
      source: 'poll' | 'webhook' | 'manual';
      resources: Record<string, ResourceCounts>;
      renew: () => Promise<void>;
    },
  ): Promise<string | null> {
    const { database, connections, clock, logger } = this.#deps;
    const cursors = new Map(
      (await listCursors(database, connection.id)).map((cursor) => [cursor.resource, cursor]),
    );
    const idle: Resource[] = [];
    let failure: string | null = null;
    const wanted = [
      ...referenceResources.filter((resource) => this.#isDue(cursors.get(resource))),
      ...stateResources,
    ];
    for (const resource of wanted) {
      const counts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
      run.resources[resource] = counts;
      try {
        const service = await connections.clientOf(connection.id);
        const from = cursors.get(resource)?.cursor ?? null;
        await this.#readResource(service, connection, { ...run, resource, counts, from, idle });
      } catch (error) {
        if (!(error instanceof IntegrationError)) throw error;
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
        // What was not granted is switched off, and the rest goes on without it.
        if (error.kind !== 'forbidden') failure ??= `${resource}: ${error.message}`;
        if (error.kind === 'auth') break;
      }
    }
    if (idle.length > 0)
      await noteIdleReads(database, { connectionId: connection.id, resources: idle, readAt: clock.now() });
    if (failure === null) await this.#exchangeSuppressions(connection, cursors.get('suppressions'));
    return failure;
  }

  async #readResource(
    service: ServiceTitanService,
    connection: ConnectionRow,
    run: {
      resource: Resource;
      runId: string;
      source: 'poll' | 'webhook' | 'manual';
      counts: ResourceCounts;
      from: string | null;
      idle: Resource[];
      renew: () => Promise<void>;
    },
  ): Promise<void> {
    const { database, clock } = this.#deps;
    let position = run.from;
    for await (const page of service.readPages(run.resource, { from: run.from })) {
      const isNothing = page.records.length + page.rejected.length === 0 && page.continueFrom === position;
      position = page.continueFrom;
      if (isNothing) {
        run.idle.push(run.resource);
        continue;
      }
      // The cursor goes with the last part: a page that was stored in part is read again.
      const parts = Math.max(1, Math.ceil(page.records.length / batchSize));
      for (let part = 0; part < parts; part += 1) {
        const isLast = part === parts - 1;
        const result = await ingestPage(database, {
          connectionId: connection.id,
          resource: run.resource,
          syncRunId: run.runId,
          records: page.records.slice(part * batchSize, (part + 1) * batchSize),
          rejected: isLast ? page.rejected : [],
          cursor: isLast ? page.continueFrom : null,
          readAt: clock.now(),
          source: run.source === 'webhook' ? 'webhook' : 'poll',
        });
        run.counts.new += result.new;
        run.counts.changed += result.changed;
        run.counts.skipped += result.skipped;
      }
      run.counts.read += page.records.length + page.rejected.length;
      run.counts.failed += page.rejected.length;
      await run.renew();
    }
  }

  /** Opt-outs go both ways: who unsubscribed there is not mailed here, and the other way round. */
  async #exchangeSuppressions(connection: ConnectionRow, cursor: CursorRow | undefined): Promise<void> {
    const { database, connections, clock, logger } = this.#deps;
    try {
      const service = await connections.clientOf(connection.id);
      const rows = await service.getSuppressions(
        cursor?.last_modified_on ? { modifiedOnOrAfter: cursor.last_modified_on } : {},
      );
      await pullSuppressions(database, connection, rows, clock.now());
      const pending = await pendingWriteBacks(database, connection.id);
      if (pending.length === 0) return;
      await service.suppressEmails(pending, 'Unsubscribe');
      await markWrittenBack(database, connection.workspace_id, pending, clock.now());
    } catch (error) {
      // Not part of the states' picture: it is tried again with the next poll, and the consent here holds meanwhile.
      if (!(error instanceof IntegrationError)) throw error;
      logger.warn(
        { connectionId: connection.id, kind: error.kind, requestId: error.requestId },
        error.message,
      );
    }
  }

  async #noteStatus(connection: ConnectionRow, error: string | null): Promise<void> {
    const status = error === null ? 'connected' : 'error';
    if (connection.status === status && connection.status_reason === error) return;
    if (connection.status === 'paused') return;
    await setConnectionStatus(this.#deps.database, connection.id, status, error, this.#deps.clock.now());
  }

  #isDue(cursor: CursorRow | undefined): boolean {
    if (!cursor?.last_read_at || cursor.failures > 0) return true;
    return this.#deps.clock.now().getTime() - Date.parse(cursor.last_read_at) >= referenceAgeMs;
  }
}
