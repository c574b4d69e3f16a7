import type {
  AppointmentRecord,
  BookingRecord,
  CanceledLogRecord,
  CustomerRecord,
  EstimateRecord,
  JobRecord,
  LeadRecord,
} from '#integrations/crm/servicetitan/schemas/records.ts';
import { deriveJourneys, type DeriveInput } from '#backend/state/deriveJourneys.ts';
import type { Journey } from '#backend/state/journey.ts';
import type { JourneyOverride } from '#backend/state/overrides.ts';
import type { RecordSet } from '#backend/state/records.ts';
import { journeySettings, type JourneySettings } from '#backend/state/settings.ts';
import { timestampOf } from '#backend/state/timestamps.ts';

const dayZero = Date.UTC(2026, 0, 1);
const dayLength = 86_400_000;

export const salesType = 1;
export const installType = 2;
export const otherType = 3;
const customerId = 7;
const locationId = 70;

/** A moment so many days (of 24 hours) after the tests' day zero. */
export function dateOf(day: number): Date {
  return new Date(Math.round(dayZero + day * dayLength));
}

/** The same as a record's timestamp. `ticks`: the last four of the seven digits. */
export function at(day: number, ticks = 0): string {
  return timestampOf(dateOf(day)).replace(/0000Z$/, `${String(ticks).padStart(4, '0')}Z`);
}

export const settings: JourneySettings = journeySettings.parse({
  jobTypes: { [salesType]: 'sales', [installType]: 'install', [otherType]: 'other' },
});

export function customer(fields: Partial<CustomerRecord> & { id: number }): CustomerRecord {
  return {
    active: true,
    name: 'Iris Example',
    type: 'Residential',
    tagTypeIds: [],
    address: null,
    balance: null,
    doNotMail: false,
    doNotService: false,
    createdOn: at(0),
    modifiedOn: at(0),
    mergedToId: null,
    ...fields,
  };
}

export function lead(fields: Partial<LeadRecord> = {}): LeadRecord {
  const createdOn = fields.createdOn ?? at(1);
  return {
    id: 300,
    status: 'Open',
    customerId,
    locationId: null,
    businessUnitId: null,
    jobTypeId: null,
    campaignId: null,
    followUpDate: null,
    createdOn,
    modifiedOn: createdOn,
    summary: null,
    bookingId: null,
    leadCustomerName: null,
    leadPhone: null,
    leadEmail: null,
    active: true,
    ...fields,
  };
}

export function booking(fields: Partial<BookingRecord> = {}): BookingRecord {
  const createdOn = fields.createdOn ?? at(1);
  return {
    id: 400,
    source: null,
    name: null,
    status: 'New',
    start: null,
    jobId: null,
    jobTypeId: null,
    businessUnitId: null,
    externalId: null,
    bookingProviderId: null,
    summary: null,
    createdOn,
    modifiedOn: createdOn,
    contacts: [],
    active: true,
    ...fields,
  };
}

/** An open sales job unless said otherwise. */
export function job(fields: Partial<JobRecord> = {}): JobRecord {
  const createdOn = fields.createdOn ?? at(10);
  const id = fields.id ?? 100;
  return {
    id,
    campaignId: null,
    jobNumber: `J${id}`,
    projectId: null,
    customerId,
    locationId,
    jobStatus: 'Scheduled',
    completedOn: null,
    businessUnitId: null,
    jobTypeId: salesType,
    recallForId: null,
    warrantyId: null,
    createdOn,
    modifiedOn: createdOn,
    tagTypeIds: [],
    bookingId: null,
    leadCallId: null,
    total: null,
    createdFromEstimateId: null,
    summary: null,
    active: true,
    ...fields,
  };
}

export function install(fields: Partial<JobRecord> = {}): JobRecord {
  return job({ id: 200, jobTypeId: installType, createdOn: at(20), ...fields });
}

export function appointment(fields: Partial<AppointmentRecord> = {}): AppointmentRecord {
  const createdOn = fields.createdOn ?? at(10);
  const start = fields.start ?? at(15);
  return {
    id: 500,
    jobId: 100,
    appointmentNumber: null,
    start,
    end: start,
    arrivalWindowStart: null,
    arrivalWindowEnd: null,
    status: 'Scheduled',
    createdOn,
    modifiedOn: createdOn,
    customerId: null,
    unused: false,
    isConfirmed: false,
    active: true,
    ...fields,
  };
}

export function canceledLog(fields: Partial<CanceledLogRecord> = {}): CanceledLogRecord {
  return { id: 600, jobId: 100, reasonId: null, memo: null, createdOn: at(12), active: true, ...fields };
}

/** An open, counting estimate on the sales job unless said otherwise. */
export function estimate(fields: Partial<EstimateRecord> = {}): EstimateRecord {
  const createdOn = fields.createdOn ?? at(15);
  return {
    id: 900,
    jobId: 100,
    projectId: null,
    locationId,
    customerId,
    name: 'Good',
    status: 'Open',
    reviewStatus: 'None',
    createdOn,
    modifiedOn: createdOn,
    soldOn: null,
    active: true,
    items: [],
    subtotal: 5000,
    tax: 0,
    isChangeOrder: false,
    ...fields,
  };
}

/** An estimate's item that stands on an invoice. */
export const invoicedItem = { id: 1, description: null, total: 5000, invoiceItemId: 77, sku: null };

export function recordSet(records: Partial<RecordSet>): RecordSet {
  return {
    customers: [],
    leads: [],
    bookings: [],
    jobs: [],
    appointments: [],
    canceledLogs: [],
    estimates: [],
    ...records,
  };
}

/** Derives on day 30 with the tests' settings unless said otherwise. */
export function derive(
  records: Partial<RecordSet>,
  input: Partial<Omit<DeriveInput, 'records' | 'now'>> & { day?: number } = {},
): Journey[] {
  const { day = 30, ...rest } = input;
  return deriveJourneys({ settings, ...rest, now: dateOf(day), records: recordSet(records) });
}

/** The one journey of the records. */
export function deriveOne(...input: Parameters<typeof derive>): Journey {
  const [journey, ...others] = derive(...input);
  if (!journey || others.length > 0) throw new Error(`expected one journey, got ${others.length + 1}`);
  return journey;
}

/** "job:100": the journey that a record joined. */
export function homeOf(journeys: readonly Journey[], key: string): string | undefined {
  const homes = journeys.filter(({ members }) => members.some(({ type, id }) => `${type}:${id}` === key));
  if (homes.length > 1) throw new Error(`${key} joined ${homes.length} journeys`);
  return homes[0] && `${homes[0].root.type}:${homes[0].root.id}`;
}

/** Each journey's state by its root. */
export function statesOf(journeys: readonly Journey[]): Record<string, number> {
  return Object.fromEntries(journeys.map(({ root, state }) => [`${root.type}:${root.id}`, state]));
}

export function override(fields: Partial<JourneyOverride> = {}): JourneyOverride {
  return {
    id: 'f3c0a2de-0000-4000-8000-000000000001',
    root: { type: 'job', id: 100 },
    state: 0,
    setAt: at(25),
    ruleStateThen: 3,
    liftedAt: null,
    ...fields,
  };
}
