import { z } from 'zod';
import { flag, priority, text, timestamp } from '../rows/members.ts';
import { id, ids, newAddress } from './bodyMembers.ts';

export const newLeadBody = z.object({
  businessUnitId: id.nullish(),
  jobTypeId: id.nullish(),
  priority: priority.nullish(),
  leadCustomerName: text.nullish(),
  leadPhone: text.nullish(),
  leadEmail: text.nullish(),
  leadStreet: text.nullish(),
  leadUnit: text.nullish(),
  leadCity: text.nullish(),
  leadState: text.nullish(),
  leadZip: text.nullish(),
  leadCountry: text.nullish(),
  campaignId: id,
  summary: text,
  customerId: id.nullish(),
  locationId: id.nullish(),
  tagTypeIds: ids.nullish(),
  callReasonId: id.nullish(),
  followUpDate: timestamp.nullish(),
  bookingId: id.nullish(),
});

export const leadChangesBody = z
  .object({
    campaignId: id,
    priority,
    businessUnitId: id,
    jobTypeId: id,
    summary: text,
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

export const dismissLeadBody = z.object({ dismissingReasonId: id });

export const followUpBody = z.object({
  followUpDate: timestamp,
  text: text.nullish(),
  pinToTop: flag.nullish(),
});

export const leadFormBody = z.object({
  name: text.min(1),
  email: text.nullish(),
  phoneNumber: text.nullish(),
  address: newAddress.nullish(),
  summary: text.nullish(),
});
