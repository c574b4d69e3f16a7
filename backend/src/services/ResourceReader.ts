import { sourceOf } from '#integrations/crm/servicetitan/resources.ts';
import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import { findKnownContacts, listBookingsToMend } from '../repositories/bookingRepository.ts';
import type { Database } from '../repositories/database.ts';
import type { ReadBatch } from '../repositories/readRepository.ts';
import { timestampOf } from '../state/timestamps.ts';
import { BookingContacts } from './BookingContacts.ts';
import type { HeldRead } from './HeldRead.ts';
import { dateBefore } from './lateVisibility.ts';
import { lookAhead } from './lookAhead.ts';
import { historyStartOf } from './readOrder.ts';
import { RecordBatch } from './RecordBatch.ts';
import type { Lack } from './syncPicture.ts';

/** What waits so long is stored though it is no full batch yet: that renews the lease and shows progress. */
const storeAfterMs = 20_000;
const mostMended = 200;
/** A read that fails is made again; what has failed so often is done without, so that the rest can go on. */
const patientReads = 2;

type Batch = Omit<ReadBatch, 'milliseconds'>;

/** The last batch is left for the end of the read; null where there was nothing new. */
export interface PagesRead {
  status: 'complete' | 'partial';
  last: Batch | null;
  lacks: Lack[];
}

interface ReaderDeps {
  database: Database;
  service: ServiceTitanService;
  clock: Clock;
  logger: Logger;
}

interface ReadLimits {
  /** Asked after each page: whether to stop there. */
  isOver: () => boolean;
  signal: AbortSignal;
}

/** Where a read begins, and how. */
interface Start {
  by: 'list' | 'feed';
  from: string | null;
  isRestart: boolean;
}

/** Reads one resource of a tenant into the mirror, in the way that is held. */
export class ResourceReader {
  readonly #deps: ReaderDeps;
  readonly #held: HeldRead;
  readonly #resource: Resource;
  readonly #limits: ReadLimits;
  readonly #contacts: BookingContacts;

  constructor(deps: ReaderDeps, read: { held: HeldRead; resource: Resource; limits: ReadLimits }) {
    this.#deps = deps;
    this.#held = read.held;
    this.#resource = read.resource;
    this.#limits = read.limits;
    this.#contacts = new BookingContacts({
      ...deps,
      findKnown: (bookings) => findKnownContacts(deps.database, read.held.lease.connectionId, bookings),
    });
  }

  /** Reads on from where the last such read ended. */
  async read(): Promise<PagesRead> {
    const read = await this.#readOrReadAnew();
    if (this.#held.granted.hasBookingsToMend && read.status === 'complete') await this.#mendBookings();
    return { ...read, lacks: this.#contacts.lacks };
  }

  /** A place that the tenant no longer knows would fail every read: then the resource is read from a date instead. */
  async #readOrReadAnew(): Promise<Omit<PagesRead, 'lacks'>> {
    const start = this.#start();
    try {
      return await this.#readFrom(start);
    } catch (error) {
      if (start.from === null || !(error instanceof IntegrationError) || !error.isPlaceRefused) throw error;
      const anew = { ...start, from: this.#dateInstead(), isRestart: true };
      const { connectionId, resource, path } = this.#held.lease;
      this.#deps.logger.warn(
        { connectionId, resource, path, from: anew.from, requestId: error.requestId },
        `The place up to which this was read is refused, so it is read anew. ${error.message}`,
      );
      return await this.#readFrom(anew);
    }
  }

  #start(): Start {
    const { connection, cursor } = this.#held.granted;
    const by = this.#held.lease.path === 'list' && sourceOf(this.#resource).list ? 'list' : 'feed';
    if (by === 'list') return { by, from: this.#since(), isRestart: false };
    const first =
      this.#held.lease.path === 'list'
        ? dateBefore(connection.createdAt)
        : historyStartOf(this.#resource, connection.backfillFrom);
    return { by, from: cursor.cursor ?? first, isRestart: false };
  }

  /** What was modified since the newest change seen; of what states hang on, only what is new: the feed has the rest. */
  #since(): string | null {
    const { connection, cursor } = this.#held.granted;
    if (cursor.lastModifiedOn !== null) return dateBefore(cursor.lastModifiedOn);
    return sourceOf(this.#resource).feed ? dateBefore(connection.createdAt) : null;
  }

  #dateInstead(): string | null {
    const { connection, cursor } = this.#held.granted;
    const { path } = this.#held.lease;
    // A pass that is not complete has seen no date up to which it has everything.
    const hasAll = path === 'list' || (path === 'feed' && cursor.completedAt !== null);
    if (hasAll && cursor.lastModifiedOn !== null) return dateBefore(cursor.lastModifiedOn);
    if (path === 'list') return dateBefore(connection.createdAt);
    return historyStartOf(this.#resource, connection.backfillFrom);
  }

  async #readFrom({ by, from, isRestart }: Start): Promise<Omit<PagesRead, 'lacks'>> {
    const { service, clock } = this.#deps;
    const { signal } = this.#limits;
    const begunAt = timestampOf(clock.now());
    const pages = service.readPages(this.#resource, { by, from, signal });
    const batch = new RecordBatch(isRestart);
    for await (const page of lookAhead(pages, (next) => this.#held.waitFor(next))) {
      await this.#take(page, batch);
      await this.#storeFull(batch);
      if (!page.hasMore)
        return {
          status: 'complete',
          last: this.#lastOf(batch, { page, by, from: isRestart ? undefined : from, begunAt }),
        };
      const place = by === 'feed' ? page.continueFrom : null;
      if (this.#limits.isOver()) {
        await this.#held.store(batch.take({ cursor: place }));
        return { status: 'partial', last: null };
      }
      if (batch.isFull || this.#held.age > storeAfterMs)
        await this.#held.store(batch.take({ cursor: place }));
    }
    throw new IntegrationError('unexpected', `ServiceTitan's ${this.#resource} ended without a last page.`);
  }

  async #take(page: SyncPage, batch: RecordBatch): Promise<void> {
    const { counts, granted } = this.#held;
    const isPatient = granted.cursor.failures < patientReads;
    const { records, rejected } = await this.#held.waitFor(
      this.#contacts.complete(page.records, { isPatient }),
    );
    batch.add({ records, rejected: [...page.rejected, ...rejected], keepsActive: page.keepsActive });
    counts.read += page.records.length + page.rejected.length;
    counts.failed += page.rejected.length + rejected.length;
  }

  /** The place goes with the last part: a page that was stored in part is read again. */
  async #storeFull(batch: RecordBatch): Promise<void> {
    while (batch.isOverfull) await this.#held.store(batch.take({ cursor: null }));
  }

  #lastOf(
    batch: RecordBatch,
    {
      page,
      by,
      from,
      begunAt,
    }: { page: SyncPage; by: Start['by']; from: string | null | undefined; begunAt: string },
  ): Batch | null {
    const { lastModifiedOn } = this.#held.granted.cursor;
    if (by === 'feed') {
      const isNothing = batch.isEmpty && page.continueFrom === from;
      const { newest } = batch;
      return isNothing ? null : batch.take({ cursor: page.continueFrom, readUpTo: newest });
    }
    // What changed on a page that had been read already is later than the beginning of the read.
    const newest = page.continueFrom !== null && page.continueFrom < begunAt ? page.continueFrom : begunAt;
    const isSeen = page.continueFrom === null || page.continueFrom === from;
    const readUpTo = isSeen || (lastModifiedOn !== null && newest <= lastModifiedOn) ? null : newest;
    return batch.isEmpty ? null : batch.take({ cursor: null, readUpTo });
  }

  /** Contacts that could not be read before are asked for again: no feed shows their bookings a second time. */
  async #mendBookings(): Promise<void> {
    const { connectionId } = this.#held.lease;
    for (const booking of await listBookingsToMend(this.#deps.database, connectionId, mostMended)) {
      if (!this.#contacts.areReadable) return;
      const batch = new RecordBatch(false);
      const completed = await this.#held.waitFor(this.#contacts.complete([booking], { isPatient: false }));
      batch.add({ ...completed, keepsActive: false });
      await this.#held.store(batch.take({ cursor: null }));
    }
  }
}
