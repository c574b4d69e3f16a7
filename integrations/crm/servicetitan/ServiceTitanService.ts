import { defaultRetryPolicy } from '../../retry.ts';
import { createBooking, type CreatedBooking } from './createBooking.ts';
import { createCustomer } from './createCustomer.ts';
import { customerEstimates } from './customerEstimates.ts';
import { listAll, listPages } from './lists.ts';
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
import { suppressionRecord, type SuppressionRecord } from './schemas/suppressions.ts';
import type {
  AppointmentFilter,
  EstimateFilter,
  JobFilter,
  LeadFilter,
  SuppressionFilter,
} from './ServiceTitanFilters.ts';
import { ServiceTitanTransport, type TransportOptions } from './ServiceTitanTransport.ts';
import { syncPages, type ReadOptions, type SyncPage } from './syncPages.ts';

/** The list of one customer's contacts does not repeat whose they are. */
const contactRow = customerContactRecord.omit({ customerId: true });

/** The typed calls of one ServiceTitan tenant. Keep one per connection: it holds the token and the rate limit. */
export class ServiceTitanService {
  readonly #options: TransportOptions;
  readonly #transport: ServiceTitanTransport;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#transport = new ServiceTitanTransport(options);
  }

  async getCustomer(id: number, signal?: AbortSignal): Promise<CustomerRecord> {
    return await this.#transport.get({
      module: 'crm',
      path: `customers/${id}`,
      schema: customerRecord,
      signal,
    });
  }

  /** The ways to reach a customer; customer records hold none. */
  async getCustomerContacts(customerId: number, signal?: AbortSignal): Promise<CustomerContactRecord[]> {
    const path = `customers/${customerId}/contacts`;
    const schema = contactRow.transform((row) => ({ ...row, customerId }));
    return await listAll(this.#transport, { module: 'crm', path, schema, signal });
  }

  /** Creates a customer; see createCustomer.ts for what `reference` is good for. */
  async createCustomer(
    input: NewCustomer,
    options: { reference?: string | undefined; signal?: AbortSignal | undefined } = {},
  ): Promise<CustomerRecord> {
    const { applicationGuid } = this.#options.config;
    return await createCustomer(this.#transport, { input, applicationGuid, ...options });
  }

  /** The ways to reach who made a booking; booking records hold none. */
  async getBookingContacts(bookingId: number, signal?: AbortSignal): Promise<BookingContact[]> {
    const path = `bookings/${bookingId}/contacts`;
    return await listAll(this.#transport, { module: 'crm', path, schema: bookingContact, signal });
  }

  async getJob(id: number, signal?: AbortSignal): Promise<JobRecord> {
    return await this.#transport.get({ module: 'jpm', path: `jobs/${id}`, schema: jobRecord, signal });
  }

  async getJobs({ ids, ...filter }: JobFilter, signal?: AbortSignal): Promise<JobRecord[]> {
    const query = { sort: '+Id', ...filter };
    return await listAll(this.#transport, {
      module: 'jpm',
      path: 'jobs',
      query,
      ids,
      schema: jobRecord,
      signal,
    });
  }

  /** Deleted appointments are among them, with `active` false. */
  async getAppointments(
    { ids, ...filter }: AppointmentFilter,
    signal?: AbortSignal,
  ): Promise<AppointmentRecord[]> {
    return await listAll(this.#transport, {
      module: 'jpm',
      path: 'appointments',
      query: { active: 'Any', sort: '+Id', ...filter },
      ids,
      schema: appointmentRecord,
      signal,
    });
  }

  /** Deleted estimates are among them, with `active` false. */
  async getEstimates(
    { ids, customerId, ...filter }: EstimateFilter,
    signal?: AbortSignal,
  ): Promise<EstimateRecord[]> {
    const query = { active: 'Any', sort: '+Id', ...filter };
    if (customerId !== undefined && filter.jobId === undefined && filter.projectId === undefined && !ids) {
      return await customerEstimates(this.#transport, { customerId, query, signal });
    }
    const estimates = await listAll(this.#transport, {
      module: 'sales',
      path: 'estimates',
      query,
      ids,
      schema: estimateRecord,
      signal,
    });
    return estimates.filter(
      (estimate) =>
        customerId === undefined || estimate.customerId === null || estimate.customerId === customerId,
    );
  }

  async getLeads({ ids, ...filter }: LeadFilter, signal?: AbortSignal): Promise<LeadRecord[]> {
    const query = { sort: '+Id', ...filter };
    return await listAll(this.#transport, {
      module: 'crm',
      path: 'leads',
      query,
      ids,
      schema: leadRecord,
      signal,
    });
  }

  /** Creates a booking; the same `externalId` never makes two. */
  async createBooking(input: NewBooking, signal?: AbortSignal): Promise<CreatedBooking> {
    const { bookingProviderId } = this.#options.config;
    return await createBooking(this.#transport, { input, bookingProviderId, signal });
  }

  /** Addresses that must not be mailed, those lifted since (`active` false) among them. */
  async getSuppressions(filter: SuppressionFilter = {}, signal?: AbortSignal): Promise<SuppressionRecord[]> {
    return await listAll(this.#transport, {
      module: 'marketing',
      path: 'suppressions',
      query: { active: 'Any', sort: '+Id', ...filter },
      schema: suppressionRecord,
      signal,
    });
  }

  /** Tells ServiceTitan that these addresses must not be mailed. May be repeated. */
  async suppressEmails(
    emails: readonly string[],
    reason: SuppressionReason,
    signal?: AbortSignal,
  ): Promise<void> {
    if (emails.length === 0) return;
    const body = { emails, reason };
    await this.#transport.command({ module: 'marketing', path: 'suppressions/suppress', body, signal });
  }

  /** What changed in a resource since `from`, page by page. */
  readPages<R extends Resource>(resource: R, options: ReadOptions): AsyncIterable<SyncPage<R>> {
    return syncPages(this.#transport, resource, options);
  }

  /**
   * Proves with a token of its own and one small read that the credentials work; throws an IntegrationError that
   * names what to correct. Impatient, because a person waits for it.
   */
  async checkAccess(signal?: AbortSignal): Promise<void> {
    const transport = new ServiceTitanTransport({
      ...this.#options,
      timeoutMs: Math.min(this.#options.timeoutMs ?? 15_000, 15_000),
      retryPolicy: { ...defaultRetryPolicy, maxTries: 2, maxTotalMs: 3000 },
    });
    const call = { module: 'crm', path: 'customers', query: { active: 'Any' }, pageSize: 1, signal } as const;
    await listPages(transport, call).next();
  }
}
