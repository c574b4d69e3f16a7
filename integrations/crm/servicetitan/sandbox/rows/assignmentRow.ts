import { z } from 'zod';
import { active, flag, id, requiredLink, text, timestamp } from './members.ts';

/** A technician on an appointment; taken off it, the record goes inactive. */
export const assignmentRow = z.object({
  id,
  technicianId: requiredLink,
  technicianName: text.default(''),
  assignedById: requiredLink.default(1),
  assignedOn: timestamp,
  status: z.enum(['Scheduled', 'Dispatched', 'Working', 'Done']).default('Scheduled'),
  isPaused: flag.default(false),
  jobId: requiredLink,
  appointmentId: requiredLink,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
});
export type AssignmentRow = z.infer<typeof assignmentRow>;
