import { z } from 'zod';

/**
 * Records as the mirror holds them, with the members that states and contacts are told from
 * and explained by. They were read and
 * normalized before they were stored: here it is only checked that they still have the shape, which is quick enough
 * for millions.
 */

const id = z.int();
const idOrNull = z.int().nullable();
const text = z.string();
const textOrNull = z.string().nullable();
/** UTC with seven fractional digits, so that two of them compare as strings. */
const time = z.string();
const timeOrNull = z.string().nullable();
const flag = z.boolean();

const mirroredCustomer = z.object({
  id,
  active: flag,
  name: text,
  doNotMail: flag,
  doNotService: flag,
  modifiedOn: time,
  mergedToId: idOrNull,
});

const mirroredCustomerContact = z.object({
  id,
  customerId: id,
  type: text,
  value: text,
  active: flag,
  createdOn: time,
  preferences: z
    .object({ jobRemindersEnabled: flag.nullish(), marketingUpdatesEnabled: flag.nullish() })
    .nullable(),
});

const mirroredLead = z.object({
  id,
  status: text,
  customerId: idOrNull,
  locationId: idOrNull,
  bookingId: idOrNull,
  leadCustomerName: textOrNull,
  leadPhone: textOrNull,
  leadEmail: textOrNull,
  active: flag,
  createdOn: time,
  modifiedOn: time,
});

const mirroredBooking = z.object({
  id,
  status: text,
  jobId: idOrNull,
  name: textOrNull,
  active: flag,
  createdOn: time,
  modifiedOn: time,
  contacts: z.array(z.object({ type: text, value: text })).nullable(),
});

const mirroredJob = z.object({
  id,
  jobNumber: text,
  projectId: idOrNull,
  customerId: idOrNull,
  locationId: idOrNull,
  jobStatus: text,
  completedOn: timeOrNull,
  businessUnitId: idOrNull,
  jobTypeId: idOrNull,
  recallForId: idOrNull,
  warrantyId: idOrNull,
  createdOn: time,
  modifiedOn: time,
  tagTypeIds: z.array(id),
  total: z.number().nullable(),
  createdFromEstimateId: idOrNull,
  active: flag,
});

const mirroredAppointment = z.object({
  id,
  jobId: id,
  appointmentNumber: textOrNull,
  start: time,
  end: time,
  arrivalWindowStart: timeOrNull,
  arrivalWindowEnd: timeOrNull,
  status: text,
  createdOn: time,
  modifiedOn: time,
  unused: flag,
  active: flag,
});

const mirroredCanceledLog = z.object({
  id,
  jobId: id,
  reasonId: idOrNull,
  memo: textOrNull,
  createdOn: time,
  active: flag,
});

const mirroredEstimate = z.object({
  id,
  jobId: idOrNull,
  projectId: idOrNull,
  locationId: idOrNull,
  customerId: idOrNull,
  name: textOrNull,
  status: textOrNull,
  reviewStatus: textOrNull,
  createdOn: time,
  modifiedOn: time,
  soldOn: timeOrNull,
  active: flag,
  items: z.array(z.object({ invoiceItemId: idOrNull })),
  subtotal: z.number(),
  tax: z.number(),
  isChangeOrder: flag,
});

export type MirroredCustomer = z.infer<typeof mirroredCustomer>;
export type MirroredCustomerContact = z.infer<typeof mirroredCustomerContact>;
export type MirroredLead = z.infer<typeof mirroredLead>;
export type MirroredBooking = z.infer<typeof mirroredBooking>;
export type MirroredJob = z.infer<typeof mirroredJob>;
export type MirroredAppointment = z.infer<typeof mirroredAppointment>;
export type MirroredCanceledLog = z.infer<typeof mirroredCanceledLog>;
export type MirroredEstimate = z.infer<typeof mirroredEstimate>;

/** What one closure or many hold, by resource; a resource without any record is left out. */
export const mirroredRecords = z.object({
  customers: z.array(mirroredCustomer).default([]),
  customer_contacts: z.array(mirroredCustomerContact).default([]),
  leads: z.array(mirroredLead).default([]),
  bookings: z.array(mirroredBooking).default([]),
  jobs: z.array(mirroredJob).default([]),
  appointments: z.array(mirroredAppointment).default([]),
  canceled_logs: z.array(mirroredCanceledLog).default([]),
  estimates: z.array(mirroredEstimate).default([]),
});
