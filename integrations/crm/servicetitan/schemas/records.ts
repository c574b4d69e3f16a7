import { z } from 'zod';
import { decimal, flag, id, optional, text, timestamp } from '../operations/values.ts';

/**
 * ServiceTitan's records as the product reads them: the list and export rows of the V2 API, parsed. Members that
 * ServiceTitan adds later are dropped; a member that it declares as required and leaves out is an error.
 */

/** An id of 0 is no id. */
const optionalId = z
  .int()
  .nullish()
  .transform((value) => (value ? value : null));
const optionalText = optional(text);
/** Names and the ways to reach people: shown by role. */
const personal = { sensitive: 'personal' } as const;
const personalText = optional(text).meta(personal);
const optionalDecimal = optional(decimal);
const optionalTimestamp = optional(timestamp);
/** Export rows carry `active` where list rows do not; absent means active. */
const activeUnlessSaid = z
  .boolean()
  .nullish()
  .transform((value) => value ?? true);

const tagTypeIds = z
  .array(id)
  .nullish()
  .transform((value) => value ?? []);

const address = optional(
  z.object({
    street: personalText,
    unit: personalText,
    city: optionalText,
    state: optionalText,
    zip: optionalText,
    country: optionalText,
  }),
);

export const customerRecord = z.object({
  id,
  active: flag,
  name: text.meta(personal),
  type: optionalText,
  address,
  balance: optionalDecimal,
  doNotMail: flag,
  doNotService: flag,
  tagTypeIds,
  createdOn: timestamp,
  modifiedOn: timestamp,
  mergedToId: optionalId,
});

export const customerContactRecord = z.object({
  id,
  customerId: id,
  type: text,
  value: text.meta(personal),
  memo: personalText,
  active: activeUnlessSaid,
  createdOn: timestamp,
  modifiedOn: timestamp,
  preferences: z
    .object({ jobRemindersEnabled: flag.nullish(), marketingUpdatesEnabled: flag.nullish() })
    .nullish()
    .transform((value) => value ?? null),
});

export const leadRecord = z.object({
  id,
  status: text,
  customerId: optionalId,
  locationId: optionalId,
  businessUnitId: optionalId,
  jobTypeId: optionalId,
  campaignId: optionalId,
  followUpDate: optionalTimestamp,
  createdOn: timestamp,
  modifiedOn: timestamp,
  summary: optionalText,
  bookingId: optionalId,
  leadCustomerName: personalText,
  leadPhone: personalText,
  leadEmail: personalText,
  active: activeUnlessSaid,
});

/** A way to reach who made a booking. */
export const bookingContact = z.object({ type: text, value: text.meta(personal) });

export const bookingRecord = z.object({
  id,
  source: optionalText,
  name: personalText,
  status: text,
  start: optionalTimestamp,
  jobId: optionalId,
  jobTypeId: optionalId,
  businessUnitId: optionalId,
  externalId: optionalText,
  bookingProviderId: optionalId,
  summary: optionalText,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active: activeUnlessSaid,
  /** Not part of ServiceTitan's row: read apart, for bookings that nobody has taken up yet; null while they cannot be read. */
  contacts: z.array(bookingContact).nullable().default([]),
});

export const jobRecord = z.object({
  id,
  jobNumber: text,
  projectId: optionalId,
  customerId: optionalId,
  locationId: optionalId,
  jobStatus: text,
  completedOn: optionalTimestamp,
  businessUnitId: optionalId,
  jobTypeId: optionalId,
  recallForId: optionalId,
  warrantyId: optionalId,
  createdOn: timestamp,
  modifiedOn: timestamp,
  tagTypeIds,
  campaignId: optionalId,
  bookingId: optionalId,
  leadCallId: optionalId,
  total: optionalDecimal,
  createdFromEstimateId: optionalId,
  summary: optionalText,
  active: activeUnlessSaid,
});

export const appointmentRecord = z.object({
  id,
  jobId: id,
  appointmentNumber: optionalText,
  start: timestamp,
  end: timestamp,
  arrivalWindowStart: optionalTimestamp,
  arrivalWindowEnd: optionalTimestamp,
  status: text,
  createdOn: timestamp,
  modifiedOn: timestamp,
  customerId: optionalId,
  unused: flag,
  isConfirmed: flag.nullish().transform((value) => value ?? false),
  active: activeUnlessSaid,
});

/** The only mirrored record without `modifiedOn`: of two versions the inactive one is the newer. */
export const canceledLogRecord = z.object({
  id,
  jobId: id,
  reasonId: optionalId,
  memo: optionalText,
  createdOn: timestamp,
  active: activeUnlessSaid,
});

export const estimateRecord = z.object({
  id,
  jobId: optionalId,
  projectId: optionalId,
  locationId: optionalId,
  customerId: optionalId,
  name: optionalText,
  /** The wire says `{ value, name }`; only the name has a documented meaning. A mirrored record holds the name. */
  status: z
    .union([text, z.object({ value: z.int().nullish(), name: text })])
    .nullish()
    .transform((value) => (typeof value === 'string' ? value : (value?.name ?? null))),
  reviewStatus: optionalText,
  createdOn: timestamp,
  modifiedOn: timestamp,
  soldOn: optionalTimestamp,
  active: activeUnlessSaid,
  items: z
    .array(
      z.object({
        id,
        description: optionalText,
        total: optionalDecimal,
        invoiceItemId: optionalId,
        sku: z
          .object({ displayName: optionalText })
          .nullish()
          .transform((value) => value ?? null),
      }),
    )
    .nullish()
    .transform((value) => value ?? []),
  subtotal: decimal,
  tax: decimal,
  isChangeOrder: flag.nullish().transform((value) => value ?? false),
});

const jobTypeRecord = z.object({
  id,
  name: text,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

const businessUnitRecord = z.object({
  id,
  name: text,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

const tagTypeRecord = z.object({
  id,
  name: text,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

const campaignRecord = z.object({
  id,
  name: text,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

/** Their names, not how to reach them: nobody is mailed by them. */
const technicianRecord = z.object({
  id,
  name: text,
  businessUnitId: optionalId,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

const cancelReasonRecord = z.object({
  id,
  name: text,
  active: activeUnlessSaid,
  createdOn: optionalTimestamp,
  modifiedOn: timestamp,
});

export type CustomerRecord = z.infer<typeof customerRecord>;
export type CustomerContactRecord = z.infer<typeof customerContactRecord>;
export type LeadRecord = z.infer<typeof leadRecord>;
export type BookingRecord = z.infer<typeof bookingRecord>;
export type BookingContact = z.infer<typeof bookingContact>;
export type JobRecord = z.infer<typeof jobRecord>;
export type AppointmentRecord = z.infer<typeof appointmentRecord>;
export type CanceledLogRecord = z.infer<typeof canceledLogRecord>;
export type EstimateRecord = z.infer<typeof estimateRecord>;

/** Every mirrored resource with the schema of its record; the words are ServiceTitan's own path names. */
export const recordSchemas = {
  customers: customerRecord,
  customer_contacts: customerContactRecord,
  leads: leadRecord,
  bookings: bookingRecord,
  jobs: jobRecord,
  appointments: appointmentRecord,
  canceled_logs: canceledLogRecord,
  estimates: estimateRecord,
  job_types: jobTypeRecord,
  business_units: businessUnitRecord,
  tag_types: tagTypeRecord,
  campaigns: campaignRecord,
  technicians: technicianRecord,
  cancel_reasons: cancelReasonRecord,
} as const;

export type Resource = keyof typeof recordSchemas;
