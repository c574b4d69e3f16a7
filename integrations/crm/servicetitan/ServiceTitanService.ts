import type { z } from 'zod';
import { addNote, type NewNote, type NoteRecord } from './addNote.ts';
import { changeTags, type TagChange, type TagsAfter } from './changeTags.ts';
import { createBooking, type CreatedBooking } from './createBooking.ts';
import { createCustomer } from './createCustomer.ts';
import { createTask, type NewTask, type TaskRecord } from './createTask.ts';
import { customerEstimates } from './customerEstimates.ts';
import { followUpLead, type FollowUp } from './followUpLead.ts';
import { readRows, type Reader } from './lists.ts';
import { fillPath } from './operations/address.ts';
import { makeCalls, type Calls } from './operations/calls.ts';
import { operations } from './operations/operations.ts';
import { readList, type ListPage } from './operations/readList.ts';
import {
  appointmentRecord,
  bookingContact,
  customerContactRecord,
  customerRecord,
  estimateRecord,
  jobRecord,
  leadRecord,
  type AppointmentRecord,
  type BookingContact,
  type CustomerContactRecord,
  type CustomerRecord,
  type EstimateRecord,
  type JobRecord,
  type LeadRecord,
  type Resource,
} from './schemas/records.ts';
import type { NewBooking, NewCustomer, SuppressionReason } from './schemas/requests.ts';
import type {
  AppointmentFilter,
  EstimateFilter,
  JobFilter,
  LeadFilter,
  SuppressionFilter,
} from './ServiceTitanFilters.ts';
import { ServiceTitanTransport, type TransportOptions } from './ServiceTitanTransport.ts';
import { suppressionPages, type SuppressionPage } from './suppressionPages.ts';
import { countRecords, findRecords, syncPages, type ReadOptions, type SyncPage } from './syncPages.ts';

/** The list of one customer's contacts does not repeat whose they are. */
const contactRow = customerContactRecord.omit({ customerId: true });

/**
 * One ServiceTitan tenant. `calls` has every declared operation with all that ServiceTitan answers; the methods read
 * what the product itself lives on, and ask for no more of a record than that.
 */
export class ServiceTitanService {
  readonly calls: Calls;
  readonly #options: TransportOptions;
  readonly #reader: Reader;

  constructor(options: TransportOptions) {
    const { bookingProviderId } = options.config;
    this.#options = options;
    this.#reader = { transport: new ServiceTitanTransport(options), settings: { bookingProviderId } };
    this.calls = makeCalls(this.#reader.transport, this.#reader.settings);
  }

  async getCustomer(id: number, signal?: AbortSignal): Promise<CustomerRecord> {
    return await this.#get(operations.getCustomer.path, { id, schema: customerRecord, signal });
  }

  /** The ways to reach a customer; customer records hold none. */
  async getCustomerContacts(customerId: number, signal?: AbortSignal): Promise<CustomerContactRecord[]> {
    return await readRows(this.#reader, {
      operation: operations.listContactsOfCustomer,
      row: contactRow.transform((row) => ({ ...row, customerId })),
      input: { id: customerId },
      options: { signal },
    });
  }

  /** Creates a customer; see createCustomer.ts for what `reference` is good for. */
  async createCustomer(
    input: NewCustomer,
    { reference, signal }: { reference?: string | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<CustomerRecord> {
    const { applicationGuid } = this.#options.config;
    return await createCustomer(this.#reader, { input, applicationGuid, reference, options: { signal } });
  }

  /** The ways to reach who made a booking; booking records hold none. */
  readBookingContacts(bookingId: number, signal?: AbortSignal): AsyncIterable<ListPage<BookingContact>> {
    return readList(this.#reader, {
      operation: { ...operations.listContactsOfBooking, row: bookingContact },
      input: { id: bookingId },
      options: { signal },
    });
  }

  async getJob(id: number, signal?: AbortSignal): Promise<JobRecord> {
    return await this.#get(operations.getJob.path, { id, schema: jobRecord, signal });
  }

  async getJobs(filter: JobFilter, signal?: AbortSignal): Promise<JobRecord[]> {
    return await readRows(this.#reader, {
      operation: operations.listJobs,
      row: jobRecord,
      input: { sort: '+Id', ...filter },
      options: { signal },
    });
  }

  /** Deleted appointments are among them, with `active` false. */
  async getAppointments(filter: AppointmentFilter, signal?: AbortSignal): Promise<AppointmentRecord[]> {
    return await readRows(this.#reader, {
      operation: operations.listAppointments,
      row: appointmentRecord,
      input: { sort: '+Id', ...filter },
      options: { signal },
    });
  }

  /** Deleted estimates are among them, with `active` false. */
  async getEstimates(
    { customerId, ...named }: EstimateFilter,
    signal?: AbortSignal,
  ): Promise<EstimateRecord[]> {
    const filter = { sort: '+Id', ...named };
    const options = { signal };
    if (
      customerId !== undefined &&
      named.jobId === undefined &&
      named.projectId === undefined &&
      !named.ids
    ) {
      return await customerEstimates(this.#reader, { customerId, filter, options });
    }
    const estimates = await readRows(this.#reader, {
      operation: operations.listEstimates,
      row: estimateRecord,
      input: filter,
      options,
    });
    return estimates.filter(
      (estimate) =>
        customerId === undefined || estimate.customerId === null || estimate.customerId === customerId,
    );
  }

  async getLeads(filter: LeadFilter, signal?: AbortSignal): Promise<LeadRecord[]> {
    return await readRows(this.#reader, {
      operation: operations.listLeads,
      row: leadRecord,
      input: { sort: '+Id', ...filter },
      options: { signal },
    });
  }

  /** Creates a booking; the same `externalId` never makes two. */
  async createBooking(input: NewBooking, signal?: AbortSignal): Promise<CreatedBooking> {
    return await createBooking(this.#reader, { input, options: { signal } });
  }

  /** Adds a note to a customer, job or lead; the same `reference` never makes two. */
  async addNote(note: NewNote, signal?: AbortSignal): Promise<{ note: NoteRecord; created: boolean }> {
    return await addNote(this.#reader, { note, options: { signal } });
  }

  /** Adds a tag to a customer or job, or takes it away. May be repeated. */
  async changeTags(change: TagChange, signal?: AbortSignal): Promise<TagsAfter> {
    return await changeTags(this.#reader, { change, options: { signal } });
  }

  /** Sets when a lead is to be called again; see followUpLead.ts for why it may be repeated. */
  async followUpLead(followUp: FollowUp, signal?: AbortSignal): Promise<LeadRecord> {
    return await followUpLead(this.#reader, { followUp, options: { signal } });
  }

  /** Creates a task; the same `reference` never makes two. */
  async createTask(task: NewTask, signal?: AbortSignal): Promise<{ task: TaskRecord; created: boolean }> {
    return await createTask(this.#reader, { task, options: { signal } });
  }

  /** Addresses that must not be mailed, those lifted since (`active` false) among them. */
  readSuppressions(filter: SuppressionFilter = {}): AsyncIterable<SuppressionPage> {
    return suppressionPages(this.#reader, filter);
  }

  /** Tells ServiceTitan that these addresses must not be mailed. May be repeated. */
  async suppressEmails(
    emails: readonly string[],
    reason: SuppressionReason,
    signal?: AbortSignal,
  ): Promise<void> {
    if (emails.length === 0) return;
    await this.calls.suppressEmails({ body: { emails: [...emails], reason } }, { signal });
  }

  /** What changed in a resource since `from`, page by page. */
  readPages<R extends Resource>(resource: R, options: ReadOptions): AsyncIterable<SyncPage<R>> {
    return syncPages(this.#reader, resource, options);
  }

  /** Records by their ids; null where ServiceTitan cannot be asked for these. */
  async findRecords<R extends Resource>(resource: R, ids: readonly number[], signal?: AbortSignal) {
    return await findRecords(this.#reader, resource, { ids, signal });
  }

  /** How many records there are, of those modified since a moment; null where the tenant does not say. */
  async countRecords(resource: Resource, from: string | null, signal?: AbortSignal): Promise<number | null> {
    return await countRecords(this.#reader, resource, { from, signal });
  }

  async #get<Row>(
    path: string,
    { id, schema, signal }: { id: number; schema: z.ZodType<Row>; signal: AbortSignal | undefined },
  ): Promise<Row> {
    const { transport, settings } = this.#reader;
    return await transport.request({
      method: 'GET',
      path: fillPath(path, { id }, settings),
      schema,
      repeatable: true,
      signal,
    });
  }
}
