import type { Resource } from './schemas/records.ts';
import type { Endpoint, Query } from './ServiceTitanTransport.ts';

/** feed: an export feed, followed by its continuation tokens; list: a list, followed by `modifiedOnOrAfter`. */
export interface ResourceSource extends Endpoint {
  kind: 'feed' | 'list';
  query?: Query;
}

/** How each mirrored resource is read. Without `active=Any` deleted records would vanish instead of being seen. */
export const resourceSources = {
  customers: { kind: 'feed', module: 'crm', path: 'export/customers' },
  customer_contacts: { kind: 'feed', module: 'crm', path: 'export/customers/contacts' },
  leads: { kind: 'feed', module: 'crm', path: 'export/leads' },
  bookings: { kind: 'feed', module: 'crm', path: 'export/bookings' },
  jobs: { kind: 'feed', module: 'jpm', path: 'export/jobs' },
  appointments: { kind: 'feed', module: 'jpm', path: 'export/appointments', query: { active: 'Any' } },
  canceled_logs: { kind: 'feed', module: 'jpm', path: 'export/job-canceled-logs' },
  estimates: { kind: 'feed', module: 'sales', path: 'export/estimates' },
  job_types: {
    kind: 'list',
    module: 'jpm',
    path: 'job-types',
    query: { active: 'Any', orderBy: 'Id', orderByDirection: 'asc' },
  },
  business_units: { kind: 'list', module: 'settings', path: 'business-units', query: { active: 'Any' } },
  cancel_reasons: {
    kind: 'list',
    module: 'jpm',
    path: 'job-cancel-reasons',
    query: { active: 'Any', sort: '+Id' },
  },
} as const satisfies Record<Resource, ResourceSource>;
