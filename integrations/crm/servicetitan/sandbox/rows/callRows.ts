import { z } from 'zod';
import { namedLink } from './accountingMembers.ts';
import { active, flag, id, optionalLink, optionalText, requiredLink, text, timestamp } from './members.ts';

export const callType = z.enum(['Abandoned', 'Unbooked', 'Excused', 'Booked', 'NotLead']);
const link = namedLink.nullable().default(null);

/** A call as the export feed shows it; what only the other replies have stands at the end. */
export const callRow = z.object({
  id,
  /** Hours, minutes and seconds: 00:02:31. */
  duration: z
    .string()
    .regex(/^\d{2}:[0-5]\d:[0-5]\d$/, 'must be hours, minutes and seconds')
    .default('00:00:00'),
  from: text.default(''),
  to: text.default(''),
  direction: z.enum(['Inbound', 'Outbound']).default('Inbound'),
  status: z.enum(['Ringing', 'Answered', 'Completed', 'Initiated']).default('Completed'),
  type: callType.nullable().default(null),
  recordingUrl: optionalText,
  voiceMailPath: optionalText,
  createdOn: timestamp,
  modifiedOn: timestamp,
  reason: link,
  customer: namedLink.nullish(),
  location: namedLink.nullish(),
  campaign: namedLink.nullish(),
  job: z.object({ id: requiredLink, number: text.nullish() }).nullish(),
  agent: link,
  createdBy: link,
  excuseMemo: text.default(''),
  tag: text.default(''),
  active,
  lead: z.object({ id: requiredLink }).nullable().default(null),
  /** Not on the wire, as the next three: shown by name. */
  customerId: optionalLink,
  locationId: optionalLink,
  campaignId: optionalLink,
  jobId: optionalLink,
  isLeadReason: flag.default(true),
  agentExternalId: optionalLink,
  sid: optionalText,
});
export type CallRow = z.infer<typeof callRow>;

/** E.164. */
export const contactNumber = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a telephone number as in +12135550123');
export const optOutType = z.enum(['Unknown', 'Global', 'Marketing', 'Other']);

export const optOutRow = z.object({
  id,
  contactNumber,
  optOutType: optOutType.default('Global'),
  active,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type OptOutRow = z.infer<typeof optOutRow>;
