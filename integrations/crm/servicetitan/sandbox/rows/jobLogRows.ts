import { z } from 'zod';
import {
  active,
  createdById,
  id,
  optionalLink,
  optionalText,
  optionalTimestamp,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const canceledLogRow = z.object({
  id,
  jobId: requiredLink,
  reasonId: requiredLink,
  memo: optionalText,
  createdOn: timestamp,
  createdById,
  /** Not on the wire: feeds from a date go by it. */
  modifiedOn: timestamp,
  active,
});
export type CanceledLogRow = z.infer<typeof canceledLogRow>;

/** For what a job was booked first, whatever became of it. */
export const bookedLogRow = z.object({
  id,
  jobId: requiredLink,
  jobAppointmentId: requiredLink,
  start: timestamp,
  arrivalWindowStart: optionalTimestamp,
  arrivalWindowEnd: optionalTimestamp,
  createdOn: timestamp,
  createdById,
  active,
});
export type BookedLogRow = z.infer<typeof bookedLogRow>;

/** Why a job was canceled or put on hold. */
export const reasonRow = z.object({ id, name: text, active, createdOn: timestamp, modifiedOn: timestamp });
export type ReasonRow = z.infer<typeof reasonRow>;

const jobEvent = z.object({
  id,
  employeeId: optionalLink,
  eventType: text,
  date: timestamp,
  usedSchedulingTool: z
    .enum(['Manual', 'SmartSchedule', 'SmartDispatch', 'TechnicianRouteOptimization', 'AdaptiveCapacity'])
    .default('Manual'),
  memo: text.default(''),
});

/** All that happened to a job, under the job's own id. */
export const jobHistoryRow = z.object({
  id,
  history: z.array(jobEvent).default([]),
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
});
export type JobHistoryRow = z.infer<typeof jobHistoryRow>;
