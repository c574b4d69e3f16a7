import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { ConnectionRow } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import {
  markWrittenBack,
  pendingWriteBacks,
  pullSuppressions,
} from '../repositories/suppressionSyncRepository.ts';
import { noteIdleReads, noteReadFailure, type CursorRow } from '../repositories/syncRepository.ts';
import { dateBefore } from './lateVisibility.ts';
import { lackOfOperation, type Lack } from './syncPicture.ts';

const lacks = {
  read: lackOfOperation(operations.listSuppressions, 'read suppressions'),
  write: lackOfOperation(operations.suppressEmails, 'write suppressions'),
} as const;

interface Exchange {
  service: ServiceTitanService;
  connection: ConnectionRow;
  cursor: CursorRow | undefined;
}

/** Opt-outs go both ways: who unsubscribed there is not mailed here, and the other way round. */
export class SuppressionExchange {
  readonly #deps: { database: Database; clock: Clock; logger: Logger };

  constructor(deps: { database: Database; clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  /** Reads and writes apart, so that either goes on without the other; answers what is not permitted. */
  async run(exchange: Exchange): Promise<Lack[]> {
    const refused = [
      await this.#attempt('read', exchange, () => this.#pull(exchange)),
      await this.#attempt('write', exchange, () => this.#writeBack(exchange)),
    ];
    return refused.filter((lack) => lack !== null);
  }

  async #pull({ service, connection, cursor }: Exchange): Promise<void> {
    const { database, clock } = this.#deps;
    const since = dateBefore(cursor?.last_modified_on);
    const rows = await service.getSuppressions(since === null ? {} : { modifiedOnOrAfter: since });
    await pullSuppressions(database, connection, rows, clock.now());
    if (!cursor?.failures) return;
    await noteIdleReads(database, {
      connectionId: connection.id,
      resources: ['suppressions'],
      readAt: clock.now(),
    });
  }

  async #writeBack({ service, connection }: Exchange): Promise<void> {
    const { database, clock } = this.#deps;
    const pending = await pendingWriteBacks(database, connection.id);
    if (pending.length === 0) return;
    await service.suppressEmails(pending, 'Unsubscribe');
    await markWrittenBack(database, connection.id, pending, clock.now());
  }

  /** Not part of the states' picture: what fails is tried again with the next poll, and the consent here holds meanwhile. */
  async #attempt(
    access: 'read' | 'write',
    { connection }: Exchange,
    work: () => Promise<void>,
  ): Promise<Lack | null> {
    const { database, clock, logger } = this.#deps;
    try {
      await work();
      return null;
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      logger.warn(
        { connectionId: connection.id, access, kind: error.kind, requestId: error.requestId },
        error.message,
      );
      if (access === 'read') {
        await noteReadFailure(database, {
          connectionId: connection.id,
          resource: 'suppressions',
          message: error.message,
          readAt: clock.now(),
        });
      }
      return error.kind === 'forbidden' ? lacks[access] : null;
    }
  }
}
