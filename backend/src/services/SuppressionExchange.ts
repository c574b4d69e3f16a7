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

const failures = {
  read: 'Opt-outs made in ServiceTitan could not be read, so those that are new are not known here.',
  write: 'ServiceTitan could not be told who unsubscribed here.',
} as const;

interface Exchange {
  service: ServiceTitanService;
  connection: ConnectionRow;
  cursor: CursorRow | undefined;
  renew: () => Promise<void>;
}

/** What went wrong for want of a permission, and otherwise, in words. */
interface Exchanged {
  lacks: Lack[];
  problems: string[];
}

/** Opt-outs go both ways: who unsubscribed there is not mailed here, and the other way round. */
export class SuppressionExchange {
  readonly #deps: { database: Database; clock: Clock; logger: Logger };

  constructor(deps: { database: Database; clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  /** Reads and writes apart, so that either goes on without the other. */
  async run(exchange: Exchange): Promise<Exchanged> {
    const exchanged: Exchanged = { lacks: [], problems: [] };
    await this.#attempt('read', { exchange, exchanged }, () => this.#pull(exchange, exchanged));
    await this.#attempt('write', { exchange, exchanged }, () => this.#writeBack(exchange, exchanged));
    return exchanged;
  }

  /** Page by page; only with the last one the next read may begin later. */
  async #pull({ service, connection, cursor, renew }: Exchange, { problems }: Exchanged): Promise<void> {
    const { database, clock, logger } = this.#deps;
    const since = dateBefore(cursor?.last_modified_on);
    let newest: string | null = null;
    let unreadable = 0;
    for await (const page of service.readSuppressions(since === null ? {} : { modifiedOnOrAfter: since })) {
      for (const { modifiedOn } of page.records) {
        if (newest === null || modifiedOn > newest) newest = modifiedOn;
      }
      const { records: rows, rejected, unclear, hasMore } = page;
      await pullSuppressions(
        database,
        connection,
        { rows, unclear, readUpTo: hasMore ? null : newest },
        clock.now(),
      );
      if (rejected.length > 0)
        logger.warn({ connectionId: connection.id, rejected }, 'Suppressions could not be read.');
      unreadable += rejected.length;
      await renew();
    }
    if (unreadable > 0)
      problems.push(
        `${unreadable} of the opt-outs made in ServiceTitan could not be read; their addresses are not mailed, as far as they have one.`,
      );
    if (!cursor?.failures) return;
    await noteIdleReads(database, {
      connectionId: connection.id,
      resources: ['suppressions'],
      readAt: clock.now(),
    });
  }

  async #writeBack({ service, connection }: Exchange, { problems }: Exchanged): Promise<void> {
    const { database, clock } = this.#deps;
    const pending = await pendingWriteBacks(database, connection.id);
    if (pending.length === 0) return;
    const { taken, refused } = await suppress(service, pending);
    await markWrittenBack(database, connection.id, taken, clock.now());
    if (refused.length > 0)
      problems.push(
        `ServiceTitan does not take ${refused.length} of the addresses that unsubscribed here: suppress them there by hand.`,
      );
  }

  /** Not part of the states' picture: what fails is tried again with the next poll, and the consent here holds meanwhile. */
  async #attempt(
    access: 'read' | 'write',
    { exchange: { connection }, exchanged }: { exchange: Exchange; exchanged: Exchanged },
    work: () => Promise<void>,
  ): Promise<void> {
    const { database, clock, logger } = this.#deps;
    try {
      await work();
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
      if (error.kind === 'forbidden') exchanged.lacks.push(lacks[access]);
      else exchanged.problems.push(`${failures[access]} ${error.message}`);
    }
  }
}

/** One address that ServiceTitan does not take must not keep the others from being told. */
async function suppress(service: ServiceTitanService, emails: readonly string[]) {
  if (await isTaken(service, emails)) return { taken: emails, refused: [] };
  if (emails.length === 1) return { taken: [], refused: emails };
  const taken: string[] = [];
  const refused: string[] = [];
  for (const email of emails) ((await isTaken(service, [email])) ? taken : refused).push(email);
  return { taken, refused };
}

async function isTaken(service: ServiceTitanService, emails: readonly string[]): Promise<boolean> {
  try {
    await service.suppressEmails(emails, 'Unsubscribe');
    return true;
  } catch (error) {
    if (error instanceof IntegrationError && error.kind === 'invalid') return false;
    throw error;
  }
}
