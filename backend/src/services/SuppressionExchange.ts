import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { Database } from '../repositories/database.ts';
import {
  markWrittenBack,
  pendingWriteBacks,
  pullSuppressions,
} from '../repositories/suppressionSyncRepository.ts';
import type { HeldRead } from './HeldRead.ts';
import { dateBefore } from './lateVisibility.ts';
import { lookAhead } from './lookAhead.ts';
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
  held: HeldRead;
}

/** What went wrong: for want of a permission, otherwise in words; and why opt-outs could not be read, if so. */
interface Exchanged {
  lacks: Lack[];
  problems: string[];
  readFailure: IntegrationError | null;
}

/** Opt-outs go both ways: who unsubscribed there is not mailed here, and the other way round. */
export class SuppressionExchange {
  readonly #deps: { database: Database; clock: Clock; logger: Logger };

  constructor(deps: { database: Database; clock: Clock; logger: Logger }) {
    this.#deps = deps;
  }

  /** Reads and writes apart, so that either goes on without the other. */
  async run(exchange: Exchange): Promise<Exchanged> {
    const exchanged: Exchanged = { lacks: [], problems: [], readFailure: null };
    await this.#attempt('read', { exchange, exchanged }, () => this.#pull(exchange, exchanged));
    await this.#attempt('write', { exchange, exchanged }, () => this.#writeBack(exchange, exchanged));
    return exchanged;
  }

  /** Page by page; only with the last one the next read may begin later. */
  async #pull({ service, held }: Exchange, { problems }: Exchanged): Promise<void> {
    const { database, clock, logger } = this.#deps;
    const { connectionId } = held.lease;
    const { lastModifiedOn } = held.granted.cursor;
    const filter = lastModifiedOn === null ? {} : { modifiedOnOrAfter: dateBefore(lastModifiedOn) };
    let newest: string | null = null;
    let unreadable = 0;
    for await (const page of lookAhead(service.readSuppressions(filter), (next) => held.waitFor(next))) {
      for (const { modifiedOn } of page.records) {
        if (newest === null || modifiedOn > newest) newest = modifiedOn;
      }
      const { records: rows, rejected, unclear, hasMore } = page;
      const pulled = { rows, unclear, readUpTo: hasMore ? null : newest };
      if (rows.length + unclear.length > 0)
        await pullSuppressions(database, connectionId, pulled, clock.now());
      if (rejected.length > 0) {
        const reasons = rejected.map(({ id, issues }) => ({ id, issues }));
        logger.warn({ connectionId, rejected: reasons }, 'Suppressions could not be read.');
      }
      unreadable += rejected.length;
      held.counts.read += rows.length + rejected.length;
      held.counts.failed += rejected.length;
      if (hasMore) await held.renew();
    }
    if (unreadable > 0)
      problems.push(
        `${unreadable} of the opt-outs made in ServiceTitan could not be read; their addresses are not mailed, as far as they have one.`,
      );
  }

  async #writeBack({ service, held }: Exchange, { problems }: Exchanged): Promise<void> {
    const { database, clock } = this.#deps;
    const { connectionId } = held.lease;
    const pending = await pendingWriteBacks(database, connectionId);
    if (pending.length === 0) return;
    const { taken, refused } = await held.waitFor(suppress(service, pending));
    await markWrittenBack(database, connectionId, { taken, refused, now: clock.now() });
    if (refused.length > 0)
      problems.push(
        `ServiceTitan does not take ${refused.length} of the addresses that unsubscribed here: suppress them there by hand.`,
      );
  }

  /** Not part of the states' picture: what fails is tried again with the next read, and the consent here holds meanwhile. */
  async #attempt(
    access: 'read' | 'write',
    { exchange: { held }, exchanged }: { exchange: Exchange; exchanged: Exchanged },
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof IntegrationError)) throw error;
      const { kind, requestId, message } = error;
      this.#deps.logger.warn({ connectionId: held.lease.connectionId, access, kind, requestId }, message);
      if (access === 'read') exchanged.readFailure = error;
      if (kind === 'forbidden') exchanged.lacks.push(lacks[access]);
      else exchanged.problems.push(`${failures[access]} ${message}`);
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
