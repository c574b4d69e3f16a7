import type { CallInput } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { FeedOperation, ListOperation } from './operations/operation.ts';
import type { Resource } from './schemas/records.ts';

interface ResourceSource {
  operation: FeedOperation | ListOperation;
  /** What a list is asked for beside the time. */
  input?: CallInput;
}

/** How each mirrored resource is read: an export feed where there is one, otherwise a list. */
export const resourceSources: Readonly<Record<Resource, ResourceSource>> = {
  customers: { operation: operations.exportCustomers },
  customer_contacts: { operation: operations.exportCustomerContacts },
  leads: { operation: operations.exportLeads },
  bookings: { operation: operations.exportBookings },
  jobs: { operation: operations.exportJobs },
  appointments: { operation: operations.exportAppointments },
  canceled_logs: { operation: operations.exportJobCanceledLogs },
  estimates: { operation: operations.exportEstimates },
  job_types: { operation: operations.listJobTypes, input: { orderBy: 'Id', orderByDirection: 'asc' } },
  business_units: { operation: operations.listBusinessUnits },
  cancel_reasons: { operation: operations.listJobCancelReasons, input: { sort: '+Id' } },
};
