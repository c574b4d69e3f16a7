import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { BookingContact, BookingRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Logger } from '../logger.ts';
import { unknownContacts } from '../repositories/bookingRepository.ts';
import { eachAtOnce } from './eachAtOnce.ts';
import { lack as lackWithout, type Lack } from './syncPicture.ts';

type Completed = Pick<SyncPage, 'records' | 'rejected'>;

const noneKnown: ReadonlyMap<number, { modifiedOn: string; contacts: BookingContact[] }> = new Map();
/**
 * So few that the calls of a whole connection are not paused because of the contacts of its bookings; as many are asked
 * for at once.
 */
const mostFailures = 3;

interface ReadContacts {
  contacts: BookingContact[] | null;
  issues: string[];
}

interface Deps {
  service: ServiceTitanService;
  logger: Logger;
  /** The contacts of bookings as far as they were read, by id, with the version of the booking that they were read of. */
  findKnown: (
    bookings: readonly BookingRecord[],
  ) => Promise<Map<number, { modifiedOn: string; contacts: BookingContact[] }>>;
}

/**
 * Who made a booking that nobody has taken up yet can be reached only by its contacts, which stand apart. Reads them
 * in one poll; where they cannot be had, the booking stays without (null) and is named among what was set aside.
 */
export class BookingContacts {
  readonly #deps: Deps;
  #failures = 0;
  #isForbidden = false;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  /** Whether they can still be had in this poll. */
  get areReadable(): boolean {
    return !this.#isForbidden && this.#failures < mostFailures;
  }

  get lacks(): Lack[] {
    return this.#isForbidden ? [lack] : [];
  }

  /**
   * The records, bookings among them with their contacts; and what of these could not be read. With patience, what may
   * pass by itself fails the whole, which the next read meets again. Lists show the newest bookings again and again: of
   * a version whose contacts are known, they are not asked for.
   */
  async complete(records: SyncPage['records'], { isPatient }: { isPatient: boolean }): Promise<Completed> {
    const open = records.filter((record) => isOpenBooking(record));
    const known = open.length > 0 ? await this.#deps.findKnown(open) : noneKnown;
    const read = new Map<number, ReadContacts>();
    const wanted = open.filter(({ id, modifiedOn }) => known.get(id)?.modifiedOn !== modifiedOn);
    await eachAtOnce(wanted, mostFailures, async ({ id }) => {
      read.set(id, await this.#contactsOf(id, isPatient));
    });
    const completed: Completed = { records: [], rejected: [] };
    for (const record of records) {
      const found = read.get(record.id);
      if (!isOpenBooking(record)) completed.records.push(record);
      else completed.records.push({ ...record, contacts: (found ?? known.get(record.id))?.contacts ?? null });
      if (found && found.issues.length > 0)
        completed.rejected.push({ id: record.id, issues: found.issues, data: null });
    }
    return completed;
  }

  async #contactsOf(bookingId: number, isPatient: boolean): Promise<ReadContacts> {
    if (this.areReadable) {
      try {
        return await this.#read(bookingId);
      } catch (error) {
        if (!(error instanceof IntegrationError) || stopsRead(error, isPatient)) throw error;
        const { kind, requestId } = error;
        this.#deps.logger.warn({ bookingId, kind, requestId }, error.message);
        // The booking is gone, or has no contacts to ask for.
        if (kind === 'not_found' || kind === 'invalid') return { contacts: [], issues: [] };
        this.#failures += 1;
        this.#isForbidden ||= kind === 'forbidden';
      }
    }
    return { contacts: null, issues: [unknownContacts] };
  }

  async #read(bookingId: number) {
    const contacts: BookingContact[] = [];
    const issues: string[] = [];
    for await (const { records, rejected } of this.#deps.service.readBookingContacts(bookingId)) {
      contacts.push(...records);
      issues.push(...rejected.flatMap((row) => row.issues.map((issue) => `contacts: ${issue}`)));
    }
    return { contacts, issues };
  }
}

function stopsRead({ kind }: IntegrationError, isPatient: boolean): boolean {
  return kind === 'auth' || (isPatient && (kind === 'unavailable' || kind === 'rate_limited'));
}

const lack = lackWithout(operations.listContactsOfBooking, {
  what: 'read the contacts of bookings',
  without: 'Who made a booking cannot be reached before a visit is booked.',
});

function isOpenBooking(record: SyncPage['records'][number]): record is BookingRecord {
  return (
    'bookingProviderId' in record && record.jobId === null && ['New', 'Accepted'].includes(record.status)
  );
}
