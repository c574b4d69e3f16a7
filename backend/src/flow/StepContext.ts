import { z } from 'zod';
import { stateNumber } from '../schemas/state.ts';

const time = z.coerce.date();
const amount = z.coerce.number();
const text = z.string().nullable();
const id = z.number().nullable();

/** What is known about a run's customer when a step is done, as it is read from the mirror. */
export const stepContext = z.object({
  connectionId: z.uuid(),
  state: z.coerce.number().pipe(stateNumber),
  /** Since when the journey is in its state. */
  stateSince: time,
  timeZone: z.string(),
  customer: z
    .object({
      name: z.string(),
      email: text,
      phone: text,
      type: text,
      city: text,
      zip: text,
      tagIds: z.array(z.number()),
      /** Whether marketing e-mails are refused, whoever says so. */
      unsubscribed: z.boolean(),
    })
    .nullable(),
  job: z
    .object({
      jobNumber: text,
      summary: text,
      jobStatus: text,
      total: z.number().nullable(),
      typeId: id,
      type: text,
      businessUnitId: id,
      campaignId: id,
      tagIds: z.array(z.number()),
      completedOn: time.nullable(),
    })
    .nullable(),
  appointment: z
    .object({
      start: time,
      end: time.nullable(),
      arrivalWindowStart: time.nullable(),
      arrivalWindowEnd: time.nullable(),
    })
    .nullable(),
  /** The job's and those of the customer that belong to no job, oldest first. */
  estimates: z.array(
    z.object({
      name: text,
      status: text,
      createdOn: z.string(),
      total: amount,
    }),
  ),
  openTotal: amount,
  soldTotal: amount,
  workspace: z.object({
    name: z.string(),
    senderEmail: z.string(),
    phone: z.string(),
    website: z.string(),
    postalAddress: z.string(),
    reviewUrl: z.string(),
  }),
  /** E-mails of this run that went out. */
  messagesSent: z.number(),
  /** Whether the customer has answered since the run began. */
  replied: z.boolean(),
  /** What the run's earlier steps came to, by node; of a node that was visited again, the last visit. */
  steps: z.record(z.string(), z.object({ outcome: text, output: z.unknown() })),
});
export type StepContext = z.infer<typeof stepContext>;
