import { randomUUID } from 'node:crypto';
import { IntegrationError } from '#integrations/errors.ts';
import { AppError } from '../errors.ts';
import { beginRead, findDueReads, type GrantedRead, type ReadLease } from '../repositories/readRepository.ts';
import { deriveReads, type DerivationOutcome } from './deriveReads.ts';
import { HeldRead, leaseSeconds, ReadStopped } from './HeldRead.ts';
import { performRead } from './performRead.ts';
import type { SyncOptions } from './planReads.ts';
import { pollConnection } from './pollConnection.ts';
import type { SyncSummary } from './SyncSummary.ts';
import { endingOf } from './readEnding.ts';
import type { DueRead, ReadOutcome, ReadRequest, ReadSource } from './ReadOutcome.ts';
import { readSchedule } from './readOrder.ts';
import type { SyncDeps } from './SyncDeps.ts';

/** Reads what changed in connected tenants into the mirror, each resource by itself. */
export class ServiceTitanSyncService {
  readonly #deps: SyncDeps;

  constructor(deps: SyncDeps) {
    this.#deps = deps;
  }

  /** The reads whose time has come, in read order for each connection. */
  async dueReads(now: Date): Promise<DueRead[]> {
    const { database, systemClock } = this.#deps;
    const look = { connectionId: null, reads: readSchedule, now, systemNow: systemClock.now() };
    const connections = await findDueReads(database, look);
    return connections.flatMap(({ id, name, reads }) =>
      reads.map((read) => ({ connectionId: id, connectionName: name, ...read })),
    );
  }

  /**
   * Reads one resource in one way, from where the last such read ended. What goes wrong is part of the outcome; only a
   * database that cannot be asked is an error.
   */
  async readResource(request: ReadRequest): Promise<ReadOutcome> {
    const { database, clock, systemClock } = this.#deps;
    const { connectionId, resource, path } = request;
    const lease = { connectionId, resource, path, holder: randomUUID(), seconds: leaseSeconds };
    const granted = await beginRead(database, {
      ...lease,
      force: forceOf(request),
      now: clock.now(),
      systemNow: systemClock.now(),
    });
    if (granted.status !== 'granted') {
      const counts = { read: 0, new: 0, changed: 0, skipped: 0, failed: 0 };
      return { status: granted.status, resource, path, counts, error: null };
    }
    return this.#readHeld(request, { granted, lease });
  }

  /** Derives what the reads of a connection brought. What goes wrong is said on the connection and part of the outcome. */
  async deriveConnection(connectionId: string): Promise<DerivationOutcome> {
    return deriveReads(this.#deps, { connectionId });
  }

  /** One poll of one connection: its reads in their order, and the derivation of what they brought. */
  async syncConnection(
    connectionId: string,
    source: ReadSource,
    options: SyncOptions = {},
  ): Promise<SyncSummary> {
    const readResource = (read: ReadRequest) => this.readResource(read);
    const derive = (occasion: { connectionId: string; hadError: boolean }) =>
      deriveReads(this.#deps, occasion);
    return pollConnection({ ...this.#deps, readResource, derive }, { connectionId, source, ...options });
  }

  async #readHeld(
    request: ReadRequest,
    { granted, lease }: { granted: GrantedRead; lease: ReadLease },
  ): Promise<ReadOutcome> {
    const { resource, path } = request;
    const held = new HeldRead(this.#deps, { granted, lease, source: request.source });
    try {
      const { ending, last } = await performRead(this.#deps, { held, request });
      return { ...(await held.end(ending, last)), resource, path, error: ending.error };
    } catch (error) {
      if (error instanceof ReadStopped && error.reason === 'lost')
        return { status: 'busy', resource, path, counts: held.counts, error: null };
      const ending = endingOf(error, request);
      this.#log(error, request);
      const failure = ending.status === 'failed' && error instanceof Error ? error : undefined;
      return { ...(await held.end(ending)), resource, path, error: ending.problem ?? ending.error, failure };
    }
  }

  #log(error: unknown, { connectionId, resource, path, signal }: ReadRequest): void {
    const { logger } = this.#deps;
    const read = { connectionId, resource, path };
    if (error instanceof ReadStopped || signal?.aborted) return;
    if (error instanceof IntegrationError)
      logger.warn({ ...read, kind: error.kind, requestId: error.requestId }, error.message);
    else if (error instanceof AppError && error.code !== 'internal') logger.warn(read, error.message);
    else logger.error({ err: error, ...read }, 'A read stopped.');
  }
}

/** A person's wish counts for more than a back-off; a webhook is only a hint. */
function forceOf({ isForced, source }: ReadRequest): 'no' | 'early' | 'always' {
  if (!isForced) return 'no';
  return source === 'webhook' ? 'early' : 'always';
}
