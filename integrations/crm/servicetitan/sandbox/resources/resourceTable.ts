import type { ResourceName } from '../TenantRecords.ts';
import { bookingContacts, bookings, customerContacts, customers, leads, locations } from './crmResources.ts';
import type { Resource } from './defineResource.ts';
import { appointments, canceledLogs, cancelReasons, jobs, jobTypes } from './jobResources.ts';
import { businessUnits, estimates, suppressions, tagTypes } from './otherResources.ts';

/** Everything the sandbox keeps, by its name. A new resource is its definition and a line here. */
export const resourceTable = {
  customers,
  locations,
  customer_contacts: customerContacts,
  leads,
  bookings,
  booking_contacts: bookingContacts,
  jobs,
  appointments,
  canceled_logs: canceledLogs,
  cancel_reasons: cancelReasons,
  estimates,
  job_types: jobTypes,
  business_units: businessUnits,
  tag_types: tagTypes,
  suppressions,
} as const satisfies Record<ResourceName, Resource>;

const bySpelling = new Map<string, Resource>(
  Object.values(resourceTable).flatMap((resource: Resource) =>
    [resource.name, ...resource.aliases].map((spelling): [string, Resource] => [spelling, resource]),
  ),
);

/** The resource meant by any usual spelling: customer-contacts, customers/contacts, contacts. */
export function findResource(spelling: string): Resource | undefined {
  return bySpelling.get(
    spelling
      .toLowerCase()
      .replaceAll(/^\/+|\/+$/g, '')
      .replaceAll(/[-/]/g, '_'),
  );
}
