import { z } from 'zod';
import {
  addressGeo,
  contactType,
  customerType,
  flag,
  money,
  priority,
  text,
  timestamp,
} from '../rows/members.ts';
import { bookingAddress } from '../rows/crmRows.ts';
import { suppressionReason } from '../rows/salesRows.ts';

const id = z.int().nonnegative();
const ids = z.array(id);

const newAddress = addressGeo.extend({ street: text, city: text, state: text, zip: text, country: text });

export const contactBody = z.object({ type: contactType, value: text.min(1), memo: text.nullish() });

export const newCustomerBody = z.object({
  name: text.min(1),
  type: customerType.optional(),
  address: newAddress,
  doNotMail: flag.optional(),
  doNotService: flag.optional(),
  contacts: z.array(contactBody).optional(),
  locations: z
    .array(z.object({ name: text.min(1), address: newAddress, contacts: z.array(contactBody).optional() }))
    .min(1),
});

/** Unlike a new address, a changed one must be whole, coordinates included. */
export const customerChangesBody = z
  .object({
    name: text.min(1),
    type: customerType,
    address: newAddress.extend({ unit: text, latitude: money, longitude: money }),
    doNotMail: flag,
    doNotService: flag,
    nationalAccount: flag,
    active: flag,
    tagTypeIds: ids,
    taxExempt: flag,
  })
  .partial();

export const contactChangesBody = z
  .object({
    type: contactType,
    value: text.min(1),
    memo: text,
    preferences: z.object({
      jobRemindersEnabled: flag,
      marketingUpdatesEnabled: flag,
      invoiceStatementNotification: flag,
    }),
  })
  .partial();

const leadMembers = z
  .object({
    businessUnitId: id,
    jobTypeId: id,
    priority,
    leadCustomerName: text,
    leadPhone: text,
    leadEmail: text,
    leadStreet: text,
    leadUnit: text,
    leadCity: text,
    leadState: text,
    leadZip: text,
    leadCountry: text,
  })
  .partial();

export const newLeadBody = leadMembers.extend({
  campaignId: id,
  summary: text,
  customerId: id.optional(),
  locationId: id.optional(),
  tagTypeIds: ids.optional(),
  callReasonId: id.optional(),
  followUpDate: timestamp.optional(),
  bookingId: id.optional(),
});

export const leadChangesBody = leadMembers.extend({ campaignId: id.optional(), summary: text.optional() });

export const dismissLeadBody = z.object({ dismissingReasonId: id });

const bookingMembers = z
  .object({
    address: bookingAddress,
    customerType,
    start: timestamp,
    campaignId: id,
    businessUnitId: id,
    jobTypeId: id,
    priority,
    uploadedImages: z.array(text),
    isSendConfirmationEmail: flag,
  })
  .partial();

export const newBookingBody = bookingMembers.extend({
  source: text.min(1),
  name: text.min(1),
  summary: text,
  isFirstTimeClient: flag,
  externalId: text.min(1),
  contacts: z.array(contactBody).optional(),
});

export const bookingChangesBody = bookingMembers.extend({
  source: text.optional(),
  name: text.optional(),
  summary: text.optional(),
  isFirstTimeClient: flag.optional(),
  externalId: text.optional(),
});

export const dismissBookingBody = z.object({ callReasonId: id.nullish(), dismissingMemo: text.nullish() });

const appointmentTimes = z.object({
  start: timestamp,
  end: timestamp,
  arrivalWindowStart: timestamp.nullish(),
  arrivalWindowEnd: timestamp.nullish(),
});

const appointmentMembers = appointmentTimes.extend({
  technicianIds: ids.optional(),
  specialInstructions: text.nullish(),
});

export const newAppointmentBody = appointmentMembers.extend({ jobId: id });
export const rescheduleBody = appointmentTimes.partial();
export const reasonBody = z.object({ reasonId: id, memo: text });

const jobMembers = z.object({ summary: text, customerPo: text, soldById: id, tagTypeIds: ids }).partial();

export const newJobBody = jobMembers.extend({
  customerId: id,
  locationId: id,
  businessUnitId: id,
  jobTypeId: id,
  priority,
  campaignId: id,
  appointments: z.array(appointmentMembers).min(1).max(365),
  projectId: id.nullish(),
  leadId: id.nullish(),
  bookingId: id.nullish(),
});

export const jobChangesBody = jobMembers.extend({
  customerId: id.optional(),
  locationId: id.optional(),
  businessUnitId: id.optional(),
  jobTypeId: id.optional(),
  priority: priority.optional(),
  campaignId: id.optional(),
});

export const completeJobBody = z.object({ completedOn: timestamp });

export const newEstimateBody = z.object({
  name: text.optional(),
  summary: text.optional(),
  tax: money.optional(),
  status: z.enum(['Open', 'Sold', 'Dismissed']).optional(),
  reviewStatus: z.enum(['None', 'NeedsApproval', 'Approved', 'NotApproved']).optional(),
  soldBy: id.optional(),
  isRecommended: flag.optional(),
  jobId: id.nullish(),
  projectId: id.nullish(),
  locationId: id.nullish(),
  items: z
    .array(
      z.object({
        skuId: id.optional(),
        skuName: text.optional(),
        description: text.optional(),
        quantity: money.optional(),
        unitPrice: money.optional(),
        unitCost: money.optional(),
      }),
    )
    .optional(),
});

export const sellBody = z.object({ soldBy: id });
export const suppressBody = z.object({ emails: z.array(text.min(1)), reason: suppressionReason });
export const unsuppressBody = z.object({ emails: z.array(text.min(1)) });
