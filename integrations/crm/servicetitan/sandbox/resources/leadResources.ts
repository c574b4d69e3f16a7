import { bookingRow, leadRow, type BookingRow, type CustomerRow, type LeadRow } from '../rows/crmRows.ts';
import { callReasonRow } from '../rows/settingsRows.ts';
import { defineResource, type ResourceDefinition } from './defineResource.ts';
import {
  before,
  choiceIs,
  flagIs,
  idIn,
  integerIs,
  onOrAfter,
  textContains,
  textIs,
  type Filter,
} from './filters.ts';
import { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';

/** A test of the lead's customer; leads without one fail it. */
function customerOfLead(filter: Filter<CustomerRow>): Filter<LeadRow> {
  return (reader, name, records) => {
    const test = filter(reader, name, records);
    if (!test) return undefined;
    return (row) => {
      const customer = records.customers.get(row.customerId);
      return customer !== undefined && test(customer);
    };
  };
}

const digitsOf = (text: string): string => text.replaceAll(/\D/g, '');

export const leads = defineResource({
  name: 'leads',
  noun: 'Lead',
  scope: 'crm.leads',
  select: (records) => records.leads,
  schema: leadRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/leads',
  exportPaths: ['crm/v2/tenant/:tenant/export/leads'],
  hasGet: true,
  show: (row, { query }) =>
    new QueryReader(query).flag('genPermUrl') ? { ...row, leadUrl: permanentUrl(row) } : row,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    customerId: integerIs((row) => row.customerId),
    status: choiceIs(leadRow.shape.status.unwrap().options, (row) => row.status),
    withoutCustomer: flagIs((row) => !row.customerId),
    isProspect: (reader, name, records) => {
      const wanted = reader.flag(name);
      if (wanted === undefined) return undefined;
      const isServed = (id: number) => records.jobs.ownedBy(id).some((job) => job.active);
      return (row) => (!row.customerId || !isServed(row.customerId)) === wanted;
    },
    customerCity: customerOfLead(textContains((row) => row.address.city)),
    customerState: customerOfLead(textIs((row) => row.address.state)),
    customerZip: customerOfLead(textIs((row) => row.address.zip)),
    customerCreatedOnOrAfter: customerOfLead(onOrAfter((row) => row.createdOn)),
    customerCreatedBefore: customerOfLead(before((row) => row.createdOn)),
    customerModifiedOnOrAfter: customerOfLead(onOrAfter((row) => row.modifiedOn)),
    leadCustomerName: textContains((row) => row.leadCustomerName),
    leadPhone: (reader, name) => {
      const phone = digitsOf(reader.text(name) ?? '');
      return phone === '' ? undefined : (row) => digitsOf(row.leadPhone ?? '').includes(phone);
    },
    isCaptureSourceForm: flagIs((row) => row.captureSource === 'Form'),
    // Chooses what the rows show, not which; a wrong value is refused all the same.
    genPermUrl: (reader, name) => {
      reader.flag(name);
      return undefined;
    },
  },
});

function permanentUrl({ id }: LeadRow): string {
  return `https://leads.example.com/lead/${id}`;
}

const booking = {
  name: 'bookings',
  noun: 'Booking',
  scope: 'crm.bookings',
  select: (records) => records.bookings,
  schema: bookingRow.loose(),
  listPath: 'crm/v2/tenant/:tenant/bookings',
  exportPaths: ['crm/v2/tenant/:tenant/export/bookings'],
  hasGet: true,
  show: showBooking,
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    externalId: textIs((row) => row.externalId),
  },
} as const satisfies ResourceDefinition<BookingRow>;

export const bookings = defineResource<BookingRow>(booking);

/** The same records as one provider sees them, which its own list names in the path. */
export const providerBookings = defineResource<BookingRow>({
  ...booking,
  filters: { ...booking.filters, providerId: integerIs((row) => row.bookingProviderId) },
});

/** A booking always has a start and an address of whole parts, even where it came without. */
function showBooking(row: BookingRow): object {
  const { street, unit, city, state, zip, country } = row.address ?? {};
  const address = row.address && {
    street: street ?? '',
    unit: unit ?? null,
    city: city ?? '',
    state: state ?? '',
    zip: zip ?? '',
    country: country ?? '',
  };
  return { ...row, start: row.start ?? row.createdOn, address };
}

export const callReasons = defineResource({
  name: 'call_reasons',
  noun: 'Call reason',
  scope: 'jbce.callreasons',
  select: (records) => records.call_reasons,
  schema: callReasonRow.loose(),
  listPath: 'jbce/v2/tenant/:tenant/call-reasons',
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {},
});
