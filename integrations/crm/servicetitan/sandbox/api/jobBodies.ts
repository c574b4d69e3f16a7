import { z } from 'zod';
import { externalDataChanges, newExternalData } from '../rows/externalData.ts';
import { flag, priority, text, timestamp } from '../rows/members.ts';
import { customFieldValues, id, ids, money, requiredId } from './bodyMembers.ts';

const appointmentTimes = z.object({
  start: timestamp,
  end: timestamp,
  arrivalWindowStart: timestamp.nullish(),
  arrivalWindowEnd: timestamp.nullish(),
});

const appointmentMembers = appointmentTimes.extend({
  technicianIds: ids.nullish(),
  specialInstructions: text.nullish(),
});

export const newAppointmentBody = appointmentMembers.extend({ jobId: id });
export const rescheduleBody = appointmentTimes.partial();
export const instructionsBody = z.object({ specialInstructions: text });
export const reasonBody = z.object({ reasonId: id, memo: text });
export const completeJobBody = z.object({ completedOn: timestamp });
export const technicianChoiceBody = z.object({ jobAppointmentId: id, technicianIds: ids.min(1) });

const leadSource = z.object({
  jobId: id.nullable().default(null),
  employeeId: id.nullable().default(null),
});

export const newJobBody = z.object({
  customerId: requiredId,
  locationId: requiredId,
  projectId: id.nullish(),
  businessUnitId: requiredId,
  jobGeneratedLeadSource: leadSource.nullish(),
  jobTypeId: requiredId,
  priority,
  campaignId: requiredId,
  appointments: z.array(appointmentMembers).min(1).max(365),
  summary: text.nullish(),
  customFields: customFieldValues.nullish(),
  tagTypeIds: ids.nullish(),
  externalData: newExternalData.nullish(),
  invoiceSignatureIsRequired: flag.nullish(),
  customerPo: text.nullish(),
  soldById: id.nullish(),
  partnerLeadCallId: id.nullish(),
  leadId: id.nullish(),
  bookingId: id.nullish(),
});

export const jobChangesBody = z
  .object({
    customerId: requiredId,
    locationId: requiredId,
    businessUnitId: requiredId,
    jobGeneratedLeadSource: leadSource.nullable(),
    jobTypeId: requiredId,
    priority,
    campaignId: requiredId,
    summary: text,
    shouldUpdateInvoiceItems: flag,
    customFields: customFieldValues,
    tagTypeIds: ids,
    externalData: externalDataChanges,
    customerPo: text,
    soldById: id.nullable(),
  })
  .partial();

const jobTypeMembers = z
  .object({
    businessUnitIds: ids.nullable(),
    skills: z.array(text).nullable(),
    tagTypeIds: ids.nullable(),
    priority: priority.nullable(),
    duration: z.int().nonnegative().nullable(),
    soldThreshold: money.nullable(),
    class: text.nullable(),
    summary: text.nullable(),
    noCharge: flag.nullable(),
    enforceRecurringServiceEventSelection: flag.nullable(),
    invoiceSignaturesRequired: flag.nullable(),
  })
  .partial();

export const newJobTypeBody = jobTypeMembers.extend({
  name: text.min(1),
  externalData: newExternalData.nullish(),
});

export const jobTypeChangesBody = jobTypeMembers.extend({
  name: text.min(1).optional(),
  externalData: externalDataChanges.optional(),
});
