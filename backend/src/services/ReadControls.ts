import type { Clock } from '../clock.ts';
import { AppError } from '../errors.ts';
import type { Database } from '../repositories/database.ts';
import {
  cancelReads,
  listRejected,
  restartBackfill,
  setPollSeconds,
  settlePause,
} from '../repositories/readControlRepository.ts';
import { insertAudit, insertChangeEvent } from '../repositories/workspaceRepository.ts';
import type { RejectedReply } from '../schemas/api.ts';
import type { ConnectionService } from './ConnectionService.ts';
import type { SyncResource } from './readOrder.ts';

const rejectedAtOnce = 50;

interface Change {
  workspaceId: string;
  connectionId: string;
  resource: SyncResource;
  /** Who asks. */
  actor: string;
}

/** What people do with the reads of a connection. Every change is in the audit log. */
export class ReadControls {
  readonly #database: Database;
  readonly #connections: ConnectionService;
  readonly #clock: Clock;
  readonly #systemClock: Clock;

  constructor(deps: {
    database: Database;
    connections: ConnectionService;
    clock: Clock;
    systemClock: Clock;
  }) {
    this.#database = deps.database;
    this.#connections = deps.connections;
    this.#clock = deps.clock;
    this.#systemClock = deps.systemClock;
  }

  /** A resource that is paused is not read in any way until it is resumed. */
  async pause(change: Change): Promise<void> {
    await this.#connections.require(change.workspaceId, change.connectionId);
    await settlePause(this.#database, { ...change, by: change.actor, now: this.#clock.now() });
    await this.#note(change, 'pause');
  }

  async resume(change: Change): Promise<void> {
    await this.#connections.require(change.workspaceId, change.connectionId);
    await settlePause(this.#database, { ...change, by: null, now: this.#clock.now() });
    await this.#note(change, 'resume');
  }

  /** Stops the read that is under way, which keeps what it has stored. */
  async cancel(change: Change): Promise<void> {
    await this.#connections.require(change.workspaceId, change.connectionId);
    const reads = await cancelReads(this.#database, { ...change, systemNow: this.#systemClock.now() });
    if (reads === 0)
      throw new AppError('conflict', `Nothing reads ${change.resource.replaceAll('_', ' ')} at the moment.`);
    await this.#note(change, 'cancel');
  }

  async setPollSeconds(change: Change & { pollSeconds: number | null }): Promise<void> {
    await this.#connections.require(change.workspaceId, change.connectionId);
    await setPollSeconds(this.#database, change);
    await this.#note(change, 'schedule', { pollSeconds: change.pollSeconds });
  }

  /** Everything is read anew from there on; what changes meanwhile is seen as ever. */
  async restartBackfill(change: Omit<Change, 'resource'> & { from: Date | null }): Promise<void> {
    await this.#connections.require(change.workspaceId, change.connectionId);
    await restartBackfill(this.#database, { ...change, now: this.#clock.now() });
  }

  async rejected(list: {
    workspaceId: string;
    connectionId: string;
    resource: SyncResource | null;
    cursor: string | null;
  }): Promise<RejectedReply> {
    await this.#connections.require(list.workspaceId, list.connectionId);
    const offset = list.cursor === null ? 0 : Number(list.cursor);
    const rows = await listRejected(this.#database, { ...list, offset, limit: rejectedAtOnce + 1 });
    return {
      records: rows.slice(0, rejectedAtOnce).map((row) => ({
        resource: row.resource,
        recordId: row.record_id,
        issues: row.issues,
        readAt: row.read_at,
        data: row.data,
      })),
      nextCursor: rows.length > rejectedAtOnce ? String(offset + rejectedAtOnce) : null,
    };
  }

  async #note(
    { workspaceId, connectionId, resource, actor }: Change,
    what: string,
    detail: Record<string, unknown> = {},
  ): Promise<void> {
    const now = this.#clock.now();
    await insertAudit(
      this.#database,
      {
        workspaceId,
        actor,
        action: `connection.resource.${what}`,
        subject: `connection:${connectionId}`,
        detail: { resource, ...detail },
      },
      now,
    );
    await insertChangeEvent(this.#database, { workspaceId, type: 'sync', payload: { connectionId } }, now);
  }
}
