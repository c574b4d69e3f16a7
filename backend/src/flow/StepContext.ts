import { z } from 'zod';
import { stateNumber } from '../schemas/state.ts';

const time = z.coerce.date();
const amount = z.coerce.number();

/** What is known about a run's customer when a step is done, as it is read from the mirror. */
export const stepContext = z.object({
  state: z.coerce.number().pipe(stateNumber),
  timeZone: z.string(),
  customer: z
    .object({ name: z.string(), email: z.string().nullable(), type: z.string().nullable() })
    .nullable(),
  job: z
    .object({
      jobNumber: z.string().nullable(),
      summary: z.string().nullable(),
      jobStatus: z.string().nullable(),
      total: z.number().nullable(),
      type: z.string().nullable(),
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
      name: z.string().nullable(),
      status: z.string().nullable(),
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
});
export type StepContext = z.infer<typeof stepContext>;
