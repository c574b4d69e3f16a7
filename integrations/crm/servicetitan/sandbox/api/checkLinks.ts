import type { ResourceName, TenantRecords } from '../TenantRecords.ts';
import { invalid } from './ApiError.ts';

const targets = {
  customerId: ['customers', 'Customer'],
  customerIds: ['customers', 'Customer'],
  locationId: ['locations', 'Location'],
  businessUnitId: ['business_units', 'Business unit'],
  businessUnitIds: ['business_units', 'Business unit'],
  jobTypeId: ['job_types', 'Job type'],
  tagTypeIds: ['tag_types', 'Tag type'],
  bookingId: ['bookings', 'Booking'],
  callReasonId: ['call_reasons', 'Call reason'],
  dismissingReasonId: ['call_reasons', 'Call reason'],
  projectId: ['projects', 'Project'],
  statusId: ['project_statuses', 'Project status'],
  subStatusId: ['project_sub_statuses', 'Project sub-status'],
  projectTypeId: ['project_types', 'Project type'],
  jobIds: ['jobs', 'Job'],
  jobAppointmentId: ['appointments', 'Appointment'],
  technicianIds: ['technicians', 'Technician'],
  jobId: ['jobs', 'Job'],
  campaignId: ['campaigns', 'Campaign'],
  categoryId: ['campaign_categories', 'Campaign category'],
  equipmentTypeId: ['equipment_types', 'Equipment type'],
  adjustmentToId: ['invoices', 'Invoice'],
  saleTaskId: ['pricebook_services', 'Service'],
  categories: ['pricebook_categories', 'Category'],
} as const satisfies Record<string, readonly [ResourceName, string]>;

type Link = number | readonly number[] | null | undefined;
type Links = { readonly [Field in keyof typeof targets]?: Link };

/** Refuses links to what there is not, by field. None at all, written as null or 0, is no link. */
export function checkLinks(records: TenantRecords, body: Links): void {
  const links: Readonly<Record<string, Link>> = { ...body };
  const errors: Record<string, string[]> = {};
  for (const [field, [resource, noun]] of Object.entries(targets)) {
    const missing = [links[field] ?? []].flat().filter((id) => id !== 0 && !records[resource].get(id));
    if (missing.length > 0) errors[field] = missing.map((id) => `${noun} ${id} was not found.`);
  }
  if (Object.keys(errors).length > 0) throw invalid(errors);
}
