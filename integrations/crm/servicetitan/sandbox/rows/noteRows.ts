import { z } from 'zod';
import { active, createdById, flag, id, requiredLink, text, timestamp } from './members.ts';

const noteRow = z.object({
  id,
  text,
  isPinned: flag.default(false),
  createdById,
  createdOn: timestamp,
  modifiedOn: timestamp,
  active,
});
export type NoteRow = z.infer<typeof noteRow>;

export const customerNoteRow = noteRow.extend({ customerId: requiredLink });
export type CustomerNoteRow = z.infer<typeof customerNoteRow>;

export const locationNoteRow = noteRow.extend({ locationId: requiredLink });
export type LocationNoteRow = z.infer<typeof locationNoteRow>;

export const leadNoteRow = noteRow.extend({ leadId: requiredLink });
export type LeadNoteRow = z.infer<typeof leadNoteRow>;

export const jobNoteRow = noteRow.extend({ jobId: requiredLink });
export type JobNoteRow = z.infer<typeof jobNoteRow>;

export const projectNoteRow = noteRow.extend({ projectId: requiredLink });
export type ProjectNoteRow = z.infer<typeof projectNoteRow>;
