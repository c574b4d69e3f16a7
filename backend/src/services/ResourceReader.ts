import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { listBookingsToMend } from '../repositories/bookingRepository.ts';
import type { ConnectionRow } from '../repositories/connectionRepository.ts';
import type { Database } from '../repositories/database.ts';
import { ingestPage, type CursorRow } from '../repositories/syncRepository.ts';
import { BookingContacts } from './BookingContacts.ts';
import { dateBefore } from './lateVisibility.ts';
import type { Lack } from './syncPicture.ts';

const batchSize = 2000;
const mostMended = 200;
/** A poll that fails is made again; what has failed so often is done without, so that the rest can go on. */
const patientPolls = 2;

export interface ResourceCounts {
  read: number;
  new: number;
  changed: number;
  skipped: number;
  failed: number;
}

export interface ResourceRead {
  source: 'poll' | 'webhook' | 'manual';
  renew: () => Promise<void>;
  runId: string;
  resource: Resource;
  cursor: CursorRow | undefined;
  counts: ResourceCounts;
  /** Gets the resource when there was nothing new. */
  idle: Resource[];
}

interface Read extends ResourceRead {
  contacts: BookingContacts;
}

interface ReaderDeps {
  database: Database;
  service: ServiceTitanService;
  connection: ConnectionRow;
  clock: Clock;
  logger: Logger;
}

/** Reads what changed in one tenant's resources into the mirror. */
export class ResourceReader {
  readonly #deps: ReaderDeps;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  /** Reads a resource from where the last read ended; answers which of its parts are off for want of a permission. */
  async read(resourceRead: ResourceRead): Promise<Lack[]> {
    const { service, logger } = this.#deps;
    const contacts = new BookingContacts({ service, logger });
    const read = { ...resourceRead, contacts };
    await this.#readOrReadAnew(read);
    if (read.resource === 'bookings') await this.#mendBookings(read);
    return contacts.lacks;
  }

  /** A place that the tenant no longer knows would fail every poll: then the resource is read from a date instead. */
  async #readOrReadAnew(read: Read): Promise<void> {
    const { connection, logger } = this.#deps;
    const from = read.cursor?.cursor ?? null;
    try {
      await this.#readFrom(from, read);
    } catch (error) {
      if (from === null || !(error instanceof IntegrationError) || !error.isPlaceRefused) throw error;
      const date = connection.backfilled_at === null ? null : dateBefore(read.cursor?.last_modified_on);
      logger.warn(
        { connectionId: connection.id, resource: read.resource, from: date, requestId: error.requestId },
        `The place up to which this was read is refused, so it is read anew. ${error.message}`,
      );
      await this.#readFrom(date, read);
    }
  }

  async #readFrom(from: string | null, read: Read): Promise<void> {
    const isPatient = (read.cursor?.failures ?? 0) < patientPolls;
    let position = from;
    for await (const page of this.#deps.service.readPages(read.resource, { from })) {
      const isNothing = page.records.length + page.rejected.length === 0 && page.continueFrom === position;
      position = page.continueFrom;
      if (isNothing) {
        read.idle.push(read.resource);
        continue;
      }
      const { records, rejected } = await read.contacts.complete(page.records, { isPatient });
      await this.#store(read, {
        records,
        rejected: [...page.rejected, ...rejected],
        continueFrom: page.continueFrom,
      });
      read.counts.read += page.records.length + page.rejected.length;
      read.counts.failed += page.rejected.length + rejected.length;
      await read.renew();
    }
  }

  /** The cursor goes with the last part: a page that was stored in part is read again. */
  async #store(
    read: Read,
    { records, rejected, continueFrom }: Pick<SyncPage, 'records' | 'rejected' | 'continueFrom'>,
  ): Promise<void> {
    const { database, connection, clock } = this.#deps;
    const parts = Math.max(1, Math.ceil(records.length / batchSize));
    for (let part = 0; part < parts; part += 1) {
      const isLast = part === parts - 1;
      const result = await ingestPage(database, {
        connectionId: connection.id,
        resource: read.resource,
        syncRunId: read.runId,
        records: records.slice(part * batchSize, (part + 1) * batchSize),
        rejected: isLast ? rejected : [],
        cursor: isLast ? continueFrom : null,
        readAt: clock.now(),
        source: read.source === 'webhook' ? 'webhook' : 'poll',
      });
      read.counts.new += result.new;
      read.counts.changed += result.changed;
      read.counts.skipped += result.skipped;
    }
  }

  /** Contacts that could not be read before are asked for again: the feed shows their bookings no second time. */
  async #mendBookings(read: Read): Promise<void> {
    const { database, connection } = this.#deps;
    for (const booking of await listBookingsToMend(database, connection.id, mostMended)) {
      if (!read.contacts.areReadable) return;
      const completed = await read.contacts.complete([booking], { isPatient: false });
      await this.#store(read, { ...completed, continueFrom: null });
      await read.renew();
    }
  }
}
