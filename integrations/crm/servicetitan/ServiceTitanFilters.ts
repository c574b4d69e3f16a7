/** The filters of ServiceTitan's lists that the product uses. Times are ISO 8601 in UTC. */

interface IdsAndTimes {
  /** Any number; asked for in portions. */
  ids?: readonly number[] | undefined;
  createdOnOrAfter?: string | undefined;
  createdBefore?: string | undefined;
  modifiedOnOrAfter?: string | undefined;
  modifiedBefore?: string | undefined;
}

export interface JobFilter extends IdsAndTimes {
  customerId?: number | undefined;
  locationId?: number | undefined;
  projectId?: number | undefined;
  bookingId?: number | undefined;
  jobTypeId?: number | undefined;
  businessUnitId?: number | undefined;
  createdFromEstimateId?: number | undefined;
  number?: string | undefined;
  jobStatus?: string | undefined;
}

export interface AppointmentFilter extends IdsAndTimes {
  jobId?: number | undefined;
  projectId?: number | undefined;
  customerId?: number | undefined;
  startsOnOrAfter?: string | undefined;
  startsBefore?: string | undefined;
  status?: string | undefined;
  unused?: boolean | undefined;
}

export interface EstimateFilter extends IdsAndTimes {
  jobId?: number | undefined;
  projectId?: number | undefined;
  locationId?: number | undefined;
  /** No filter of ServiceTitan's: alone it is resolved through the customer's jobs. */
  customerId?: number | undefined;
  status?: string | undefined;
}

export interface LeadFilter extends IdsAndTimes {
  customerId?: number | undefined;
  status?: 'Open' | 'Dismissed' | 'Converted' | undefined;
  withoutCustomer?: boolean | undefined;
}

export interface SuppressionFilter {
  email?: string | undefined;
  modifiedOnOrAfter?: string | undefined;
}
