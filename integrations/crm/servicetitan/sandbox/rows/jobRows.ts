import { z } from 'zod';
import { externalData } from './externalData.ts';
import {
  active,
  createdById,
  customFields,
  flag,
  id,
  links,
  optionalLink,
  optionalMoney,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const jobRow = z.object({
  id,
  jobNumber: text.min(1),
  projectId: optionalLink,
  customerId: requiredLink,
  locationId: requiredLink.default(0),
  /** A plain string on the wire, unlike the filter of the same name. */
  jobStatus: text.default('Scheduled'),
  completedOn: optionalTimestamp,
  businessUnitId: requiredLink.default(0),
  jobTypeId: requiredLink.default(0),
  priority: text.default('Normal'),
  campaignId: requiredLink.default(1),
  appointmentCount: z.int().nonnegative().default(1),
  firstAppointmentId: requiredLink.default(0),
  lastAppointmentId: requiredLink.default(0),
  recallForId: optionalLink,
  warrantyId: optionalLink,
  jobGeneratedLeadSource: z
    .object({ jobId: optionalLink, employeeId: optionalLink })
    .nullable()
    .default(null),
  noCharge: flag.default(false),
  notificationsEnabled: flag.default(true),
  createdOn: timestamp,
  createdById,
  modifiedOn: timestamp,
  tagTypeIds: links,
  leadCallId: optionalLink,
  partnerLeadCallId: optionalLink,
  bookingId: optionalLink,
  soldById: optionalLink,
  customerPo: text.default(''),
  /** An invoice exists from the booking on. */
  invoiceId: requiredLink,
  membershipId: optionalLink,
  total: optionalMoney,
  createdFromEstimateId: optionalLink,
  estimateIds: links,
  summary: optionalText,
  customFields,
  externalData,
  active,
});

export type JobRow = z.infer<typeof jobRow>;

const appointmentStatus = z.enum(['Scheduled', 'Dispatched', 'Working', 'Hold', 'Done', 'Canceled']);

export const appointmentRow = z.object({
  id,
  jobId: requiredLink,
  appointmentNumber: optionalText,
  start: timestamp,
  end: timestamp,
  arrivalWindowStart: optionalTimestamp,
  arrivalWindowEnd: optionalTimestamp,
  status: appointmentStatus.default('Scheduled'),
  specialInstructions: optionalText,
  createdOn: timestamp,
  modifiedOn: timestamp,
  customerId: requiredLink.default(0),
  unused: flag.default(false),
  createdById,
  isConfirmed: flag.default(false),
  active,
});
export type AppointmentRow = z.infer<typeof appointmentRow>;

export const jobTypeRow = z.object({
  id,
  name: text,
  businessUnitIds: links,
  skills: z.array(text).default([]),
  tagTypeIds: links,
  priority: text.default('Normal'),
  duration: z.int().default(7200),
  soldThreshold: optionalMoney,
  class: text.default(''),
  summary: text.default(''),
  noCharge: flag.default(false),
  enforceRecurringServiceEventSelection: flag.nullable().default(false),
  invoiceSignaturesRequired: flag.default(false),
  modifiedOn: timestamp,
  createdOn: timestamp,
  externalData,
  active,
  isSmartDispatched: flag.default(false),
});
export type JobTypeRow = z.infer<typeof jobTypeRow>;
