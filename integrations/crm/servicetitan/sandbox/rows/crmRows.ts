import { z } from 'zod';
import { externalData } from './externalData.ts';
import {
  active,
  addressGeo,
  contactType,
  createdById,
  customerType,
  customFields,
  emptyAddress,
  flag,
  id,
  links,
  money,
  optionalFlag,
  optionalLink,
  optionalMoney,
  optionalText,
  optionalTimestamp,
  priority,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const customerRow = z.object({
  id,
  active,
  name: text,
  type: customerType.default('Residential'),
  address: addressGeo.default(emptyAddress),
  customFields,
  balance: money.default(0),
  taxExempt: flag.default(false),
  tagTypeIds: links,
  doNotMail: flag.default(false),
  doNotService: flag.default(false),
  nationalAccount: flag.default(false),
  createdOn: timestamp,
  createdById,
  modifiedOn: timestamp,
  mergedToId: optionalLink,
  paymentTermId: optionalLink,
  creditLimit: optionalMoney,
  creditLimitBalance: optionalMoney,
  externalData,
  /** Not on the wire: the last change that was more than a balance; null while that is modifiedOn. */
  profileModifiedOn: optionalTimestamp,
});
export type CustomerRow = z.infer<typeof customerRow>;

export const locationRow = z.object({
  id,
  customerId: requiredLink,
  active,
  name: text,
  address: addressGeo.default(emptyAddress),
  customFields,
  createdOn: timestamp,
  createdById,
  modifiedOn: timestamp,
  mergedToId: optionalLink,
  zoneId: optionalLink,
  taxExempt: flag.default(false),
  tagTypeIds: links,
  externalData,
  taxZoneId: optionalLink,
});
export type LocationRow = z.infer<typeof locationRow>;

const contactRow = z.object({
  id,
  type: contactType,
  value: text,
  memo: optionalText,
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

/** How a customer or location is reached; a telephone says whether it takes texts, all say what for. */
const reachableRow = contactRow.extend({
  phoneSettings: z.object({ phoneNumber: text, doNotText: flag }).nullable().default(null),
  preferences: z
    .object({
      jobRemindersEnabled: flag.default(true),
      marketingUpdatesEnabled: flag.default(true),
      invoiceStatementNotification: flag.default(true),
    })
    .nullable()
    .default(null),
});
export type ReachableRow = z.infer<typeof reachableRow>;

export const customerContactRow = reachableRow.extend({ customerId: requiredLink });
export type CustomerContactRow = z.infer<typeof customerContactRow>;

export const locationContactRow = reachableRow.extend({ locationId: requiredLink });
export type LocationContactRow = z.infer<typeof locationContactRow>;

export const leadRow = z.object({
  id,
  status: z.enum(['Open', 'Dismissed', 'Converted']).default('Open'),
  priority: priority.default('Normal'),
  customerId: optionalLink,
  locationId: optionalLink,
  businessUnitId: optionalLink,
  jobTypeId: optionalLink,
  campaignId: requiredLink.default(1),
  followUpDate: optionalTimestamp,
  createdById,
  createdOn: timestamp,
  modifiedOn: timestamp,
  tagTypeIds: links.nullable(),
  dismissingReasonId: optionalLink,
  summary: optionalText,
  callReasonId: optionalLink,
  callId: optionalLink,
  bookingId: optionalLink,
  manualCallId: optionalLink,
  leadUrl: optionalText,
  leadCustomerName: optionalText,
  leadPhone: optionalText,
  leadEmail: optionalText,
  leadStreet: optionalText,
  leadUnit: optionalText,
  leadCity: optionalText,
  leadState: optionalText,
  leadZip: optionalText,
  leadCountry: optionalText,
  captureSource: optionalText,
  active,
});
export type LeadRow = z.infer<typeof leadRow>;

const bookingAddress = z.object({
  street: optionalText,
  unit: optionalText,
  city: optionalText,
  state: optionalText,
  zip: optionalText,
  country: optionalText,
});

export const bookingRow = z.object({
  id,
  source: text.default('Sandbox'),
  createdOn: timestamp,
  name: text,
  address: bookingAddress.nullable().default(null),
  customerType: customerType.nullable().default(null),
  start: optionalTimestamp,
  campaignId: optionalLink,
  businessUnitId: optionalLink,
  isFirstTimeClient: optionalFlag,
  uploadedImages: z.array(text).nullable().default([]),
  isSendConfirmationEmail: optionalFlag,
  status: z.enum(['New', 'Converted', 'Dismissed', 'Accepted']).default('New'),
  dismissingReasonId: optionalLink,
  jobId: optionalLink,
  externalId: text.default(''),
  priority: priority.nullable().default('Normal'),
  jobTypeId: optionalLink,
  bookingProviderId: requiredLink.default(1),
  modifiedOn: timestamp,
  summary: optionalText,
  active,
});
export type BookingRow = z.infer<typeof bookingRow>;

export const bookingContactRow = contactRow.extend({ bookingId: requiredLink });
export type BookingContactRow = z.infer<typeof bookingContactRow>;
