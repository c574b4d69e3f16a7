import { operations } from '#integrations/crm/servicetitan/operations/operations.ts';
import type { BookingContact, BookingRecord } from '#integrations/crm/servicetitan/schemas/records.ts';
import type { ServiceTitanService } from '#integrations/crm/servicetitan/ServiceTitanService.ts';
import type { SyncPage } from '#integrations/crm/servicetitan/syncPages.ts';
import { scopeOf } from '#integrations/crm/servicetitan/scopes.ts';
import { IntegrationError } from '#integrations/errors.ts';
import type { Logger } from '../logger.ts';
import { unknownContacts } from '../repositories/bookingRepository.ts';
import type { Lack } from './syncPicture.ts';

type Completed = Pick<SyncPage, 'records' | 'rejected'>;

/** So few that the calls of a whole connection are not paused because of the contacts of its bookings. */
const mostFailures = 3;

/**
 * Who made a booking that nobody has taken up yet can be reached only by its contacts, which stand apart. Reads them
 * in one poll; where they cannot be had, the booking stays without (null) and is named among what was set aside.
 */
export class BookingContacts {
  readonly #service: ServiceTitanService;
  readonly #logger: Logger;
  #failures = 0;
  #isForbidden = false;

  constructor(deps: { service: ServiceTitanService; logger: Logger }) {
    this.#service = deps.service;
    this.#logger = deps.logger;
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
   * pass by itself fails the whole, which the next poll reads again.
   */
  async complete(records: SyncPage['records'], { isPatient }: { isPatient: boolean }): Promise<Completed> {
    const completed: Completed = { records: [], rejected: [] };
    for (const record of records) {
      if (!isOpenBooking(record)) {
        completed.records.push(record);
        continue;
      }
      const { contacts, issues } = await this.#contactsOf(record.id, isPatient);
      completed.records.push({ ...record, contacts });
      if (issues.length > 0) completed.rejected.push({ id: record.id, issues });
    }
    return completed;
  }

  async #contactsOf(
    bookingId: number,
    isPatient: boolean,
  ): Promise<{ contacts: BookingContact[] | null; issues: string[] }> {
    if (this.areReadable) {
      try {
        return await this.#read(bookingId);
      } catch (error) {
        if (!(error instanceof IntegrationError) || stopsRead(error, isPatient)) throw error;
        const { kind, requestId } = error;
        this.#logger.warn({ bookingId, kind, requestId }, error.message);
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
    for await (const { records, rejected } of this.#service.readBookingContacts(bookingId)) {
      contacts.push(...records);
      issues.push(...rejected.flatMap((row) => row.issues.map((issue) => `contacts: ${issue}`)));
    }
    return { contacts, issues };
  }
}

function stopsRead({ kind }: IntegrationError, isPatient: boolean): boolean {
  return kind === 'auth' || (isPatient && (kind === 'unavailable' || kind === 'rate_limited'));
}

const lack: Lack = {
  what: 'read the contacts of bookings',
  scope: scopeOf(operations.listContactsOfBooking),
  without: 'Who made a booking cannot be reached before a visit is booked.',
};

function isOpenBooking(record: SyncPage['records'][number]): record is BookingRecord {
  return (
    'bookingProviderId' in record && record.jobId === null && ['New', 'Accepted'].includes(record.status)
  );
}
