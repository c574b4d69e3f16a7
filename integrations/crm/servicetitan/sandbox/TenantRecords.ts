import { Collection, type PutListener, type StoredRow } from './Collection.ts';
import type {
  BookingContactRow,
  BookingRow,
  CustomerContactRow,
  CustomerRow,
  LeadRow,
  LocationRow,
} from './rows/crmRows.ts';
import type { AppointmentRow, CanceledLogRow, CancelReasonRow, JobRow, JobTypeRow } from './rows/jobRows.ts';
import type { EstimateRow, SuppressionRow } from './rows/salesRows.ts';
import type { BusinessUnitRow, TagTypeRow } from './rows/settingsRows.ts';

/** Where each resource's ids start: the same in every tenant, because real tenants' ids collide too. */
const firstIds = {
  customers: 1001,
  locations: 3001,
  customer_contacts: 5001,
  leads: 7001,
  bookings: 8001,
  booking_contacts: 9001,
  jobs: 20_001,
  appointments: 40_001,
  canceled_logs: 60_001,
  cancel_reasons: 201,
  estimates: 70_001,
  job_types: 101,
  business_units: 11,
  tag_types: 301,
  suppressions: 401,
} as const;

export type ResourceName = keyof typeof firstIds;

export type RecordListener = (resource: ResourceName, ...put: Parameters<PutListener<StoredRow>>) => void;

/** All records of one tenant. */
export class TenantRecords {
  readonly customers: Collection<CustomerRow>;
  readonly locations: Collection<LocationRow>;
  readonly customer_contacts: Collection<CustomerContactRow>;
  readonly leads: Collection<LeadRow>;
  readonly bookings: Collection<BookingRow>;
  readonly booking_contacts: Collection<BookingContactRow>;
  readonly jobs: Collection<JobRow>;
  readonly appointments: Collection<AppointmentRow>;
  readonly canceled_logs: Collection<CanceledLogRow>;
  readonly cancel_reasons: Collection<CancelReasonRow>;
  readonly estimates: Collection<EstimateRow>;
  readonly job_types: Collection<JobTypeRow>;
  readonly business_units: Collection<BusinessUnitRow>;
  readonly tag_types: Collection<TagTypeRow>;
  readonly suppressions: Collection<SuppressionRow>;

  constructor(onPut: RecordListener = () => {}, idsFrom: Partial<Record<ResourceName, number>> = {}) {
    function make<Row extends StoredRow>(
      resource: ResourceName,
      ownerOf: (row: Row) => number | null = () => null,
    ): Collection<Row> {
      return new Collection<Row>({
        firstId: idsFrom[resource] ?? firstIds[resource],
        ownerOf,
        onPut: (row, put) => onPut(resource, row, put),
      });
    }
    this.customers = make('customers');
    this.locations = make('locations', (row) => row.customerId);
    this.customer_contacts = make('customer_contacts', (row) => row.customerId);
    this.leads = make('leads', (row) => row.customerId);
    this.bookings = make('bookings');
    this.booking_contacts = make('booking_contacts', (row) => row.bookingId);
    this.jobs = make('jobs', (row) => row.customerId);
    this.appointments = make('appointments', (row) => row.jobId);
    this.canceled_logs = make('canceled_logs', (row) => row.jobId);
    this.cancel_reasons = make('cancel_reasons');
    this.estimates = make('estimates', (row) => row.customerId);
    this.job_types = make('job_types');
    this.business_units = make('business_units');
    this.tag_types = make('tag_types');
    this.suppressions = make('suppressions');
  }

  clear(): void {
    for (const resource of resourceNames) this[resource].clear();
  }

  /** How many records there are of each resource. */
  counts(): Record<string, number> {
    return Object.fromEntries(resourceNames.map((resource) => [resource, this[resource].size]));
  }
}

export const resourceNames = [
  'customers',
  'locations',
  'customer_contacts',
  'leads',
  'bookings',
  'booking_contacts',
  'jobs',
  'appointments',
  'canceled_logs',
  'cancel_reasons',
  'estimates',
  'job_types',
  'business_units',
  'tag_types',
  'suppressions',
] as const satisfies readonly ResourceName[];
