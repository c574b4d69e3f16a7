import type { CallInput } from './operations/address.ts';
import { operations } from './operations/operations.ts';
import type { FeedOperation, ListOperation } from './operations/operation.ts';
import type { Resource } from './schemas/records.ts';

export interface ResourceSource {
  /** Its export feed, from the beginning and then from token to token. */
  feed?: FeedOperation;
  /** Its list, which can be asked for what was modified since a moment. */
  list?: ListOperation;
  /** What the list is asked for beside the time. */
  input?: CallInput;
  /** Whether the list shows no record that was taken out, and so does not say of the others that they were not. */
  listHidesInactive?: boolean;
  /** Whether the list can be asked for records by their ids. */
  takesIds?: boolean;
}

const byId = { sort: '+Id' } as const;

/** How each mirrored resource can be read. */
export const resourceSources = {
  customers: {
    feed: operations.exportCustomers,
    list: operations.listCustomers,
    input: byId,
    takesIds: true,
  },
  customer_contacts: {
    feed: operations.exportCustomerContacts,
    list: operations.listCustomerContacts,
    listHidesInactive: true,
  },
  leads: {
    feed: operations.exportLeads,
    list: operations.listLeads,
    input: byId,
    listHidesInactive: true,
    takesIds: true,
  },
  bookings: {
    feed: operations.exportBookings,
    list: operations.listBookings,
    input: byId,
    listHidesInactive: true,
    takesIds: true,
  },
  jobs: {
    feed: operations.exportJobs,
    list: operations.listJobs,
    input: byId,
    listHidesInactive: true,
    takesIds: true,
  },
  appointments: {
    feed: operations.exportAppointments,
    list: operations.listAppointments,
    input: byId,
    takesIds: true,
  },
  canceled_logs: { feed: operations.exportJobCanceledLogs },
  estimates: {
    feed: operations.exportEstimates,
    list: operations.listEstimates,
    input: byId,
    takesIds: true,
  },
  job_types: {
    list: operations.listJobTypes,
    input: { orderBy: 'Id', orderByDirection: 'asc' },
    takesIds: true,
  },
  business_units: { list: operations.listBusinessUnits, takesIds: true },
  tag_types: { list: operations.listTagTypes, input: byId },
  campaigns: { list: operations.listCampaigns, input: byId, takesIds: true },
  technicians: { list: operations.listTechnicians, takesIds: true },
  cancel_reasons: { list: operations.listJobCancelReasons, input: byId },
} as const satisfies Record<Resource, ResourceSource>;

export function sourceOf(resource: Resource): ResourceSource {
  return resourceSources[resource];
}

/** The operation by which a resource is known: its feed, or the list where there is none. */
export function operationOf(resource: Resource): FeedOperation | ListOperation {
  const { feed, list } = sourceOf(resource);
  const operation = feed ?? list;
  if (!operation) throw new Error(`${resource} can be read in no way.`);
  return operation;
}
