import type { CircuitSnapshot } from '#integrations/calls/CircuitStore.ts';
import type { ActionProvider } from '#integrations/ActionSource.ts';
import { describeActions, noCredentials } from '#integrations/ActionSource.ts';
import { actionProviders, integrations } from '#integrations/registry.ts';
import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import { findDiagnosis } from '../repositories/diagnosisRepository.ts';
import {
  readConnectionOverview,
  readConnectionReads,
  type OverviewRow,
} from '../repositories/overviewRepository.ts';
import { listCircuits } from '../repositories/sharedCallsRepository.ts';
import { listSyncRuns } from '../repositories/syncRepository.ts';
import type { ConnectionReply, ConnectionSummary, IntegrationsReply, ResourceSync } from '../schemas/api.ts';
import type { SyncResource } from './readOrder.ts';
import { resourceSyncs } from './resourceSync.ts';

/** What the hub shows of integrations and their connections. */
export class ConnectionOverview {
  readonly #database: Database;
  readonly #clock: Clock;
  /** Whether a read is under way is a matter of the machine's time. */
  readonly #systemClock: Clock;
  readonly #providers: readonly ActionProvider<never>[];
  #catalogue: CatalogueEntry[] | undefined;

  constructor(deps: {
    database: Database;
    clock: Clock;
    systemClock: Clock;
    providers?: readonly ActionProvider<never>[];
  }) {
    this.#providers = deps.providers ?? actionProviders;
    this.#database = deps.database;
    this.#clock = deps.clock;
    this.#systemClock = deps.systemClock;
  }

  async catalogue(workspaceId: string): Promise<IntegrationsReply> {
    const connections = await this.connections(workspaceId);
    return {
      integrations: this.#entries().map((entry) => ({
        ...entry,
        connections: entry.needsConnection ? connections : [],
      })),
    };
  }

  /** Made once: nothing in it changes while the program runs. */
  #entries(): CatalogueEntry[] {
    this.#catalogue ??= this.#providers.map((provider) => {
      const { id, name, description } = provider;
      const integration = integrations.find((candidate) => candidate.id === id)?.describe();
      return {
        id,
        name,
        description,
        category: integration?.category ?? 'built_in',
        needsConnection: integration !== undefined,
        credentialSchema: integration?.credentialSchema ?? noCredentials,
        actions: describeActions(provider),
      };
    });
    return this.#catalogue;
  }

  async connections(workspaceId: string): Promise<ConnectionSummary[]> {
    return (await this.#rows(workspaceId)).map(summaryOf);
  }

  async summary(workspaceId: string, connectionId: string): Promise<ConnectionSummary> {
    return summaryOf(await this.#row(workspaceId, connectionId));
  }

  async detail(workspaceId: string, connectionId: string): Promise<ConnectionReply> {
    const row = await this.#row(workspaceId, connectionId);
    const [reads, syncs, diagnosis] = await Promise.all([
      readConnectionReads(this.#database, connectionId),
      listSyncRuns(this.#database, connectionId, 20),
      findDiagnosis(this.#database, connectionId),
    ]);
    return {
      connection: summaryOf(row),
      liveFrom: row.live_from,
      backfillFrom: row.backfill_from,
      resources: resourceSyncs(reads, this.#moment()),
      syncs: syncs.map((sync) => ({
        id: sync.id,
        source: sync.source,
        status: sync.status,
        resource: sync.resource,
        path: sync.path,
        pages: sync.pages,
        startedAt: sync.started_at,
        finishedAt: sync.finished_at,
        counts: sync.counts,
        error: sync.error,
      })),
      diagnosis,
    };
  }

  /** How one resource of a connection is read. */
  async resource(connectionId: string, resource: SyncResource): Promise<ResourceSync> {
    const reads = await readConnectionReads(this.#database, connectionId);
    const found = resourceSyncs(reads, this.#moment()).find((each) => each.resource === resource);
    if (!found) throw new AppError('not_found', 'There is no such resource.');
    return found;
  }

  #moment() {
    return { now: this.#clock.now(), systemNow: this.#systemClock.now() };
  }

  async #row(workspaceId: string, connectionId: string): Promise<CircuitRow> {
    const row = (await this.#rows(workspaceId)).find(({ id }) => id === connectionId);
    if (!row) throw new AppError('not_found', 'There is no such connection in this workspace.');
    return row;
  }

  async #rows(workspaceId: string): Promise<CircuitRow[]> {
    const [rows, circuits] = await Promise.all([
      readConnectionOverview(this.#database, workspaceId),
      listCircuits(this.#database, workspaceId),
    ]);
    const now = this.#clock.now();
    return rows.map((row) => {
      const circuit = circuits.find(({ connectionId }) => connectionId === row.id);
      return { ...row, circuit: circuit ? circuitOf(circuit, now) : null };
    });
  }
}

type CatalogueEntry = Omit<IntegrationsReply['integrations'][number], 'connections'>;
type CircuitRow = OverviewRow & Pick<ConnectionSummary, 'circuit'>;

/** When calls go on is told by the product's clock, like every other time on the screens. */
function circuitOf({ state, failures, waitMs, reason }: CircuitSnapshot, now: Date) {
  if (state === 'closed') return null;
  const nextTryAt = state === 'open' ? new Date(now.getTime() + waitMs).toISOString() : null;
  return { state, nextTryAt, failures, reason: reason ?? '' };
}

function summaryOf(row: CircuitRow): ConnectionSummary {
  return {
    id: row.id,
    name: row.name,
    environment: row.environment,
    tenantId: row.tenant_id,
    timeZone: row.time_zone,
    status: row.status,
    statusReason: row.status_reason,
    lastSyncAt: row.last_sync_at,
    syncing: row.syncing,
    customers: row.customers,
    circuit: row.circuit,
  };
}
