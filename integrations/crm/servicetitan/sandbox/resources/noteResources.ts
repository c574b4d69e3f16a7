import {
  customerNoteRow,
  jobNoteRow,
  leadNoteRow,
  locationNoteRow,
  projectNoteRow,
} from '../rows/noteRows.ts';
import { defineResource } from './defineResource.ts';

/** Notes have no list of their own: they are read below what they are about, some also as a feed. */
const notes = { noun: 'Note', activeByDefault: 'hidden', sorts: {}, filters: {} } as const;

export const customerNotes = defineResource({
  ...notes,
  name: 'customer_notes',
  aliases: ['customers_notes'],
  scope: 'crm.customers',
  select: (records) => records.customer_notes,
  schema: customerNoteRow.loose(),
  internal: ['customerId', 'active'],
});

export const locationNotes = defineResource({
  ...notes,
  name: 'location_notes',
  aliases: ['locations_notes'],
  scope: 'crm.locations',
  select: (records) => records.location_notes,
  schema: locationNoteRow.loose(),
  internal: ['locationId', 'active'],
});

export const leadNotes = defineResource({
  ...notes,
  name: 'lead_notes',
  aliases: ['leads_notes'],
  scope: 'crm.leads',
  select: (records) => records.lead_notes,
  schema: leadNoteRow.loose(),
  internal: ['leadId', 'active'],
});

export const jobNotes = defineResource({
  ...notes,
  name: 'job_notes',
  aliases: ['jobs_notes'],
  scope: 'jpm.jobs',
  select: (records) => records.job_notes,
  schema: jobNoteRow.loose(),
  exportPaths: ['jpm/v2/tenant/:tenant/export/job-notes'],
  exportOnly: ['id', 'jobId', 'active'],
});

export const projectNotes = defineResource({
  ...notes,
  name: 'project_notes',
  aliases: ['projects_notes'],
  scope: 'jpm.projects',
  select: (records) => records.project_notes,
  schema: projectNoteRow.loose(),
  exportPaths: ['jpm/v2/tenant/:tenant/export/project-notes'],
  exportOnly: ['id', 'projectId', 'active'],
});
