import { z } from 'zod';
import { newLeadNote } from './leads.ts';
import { apiModule, nothing } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import { externalData, externalDataChanges, newExternalData, plainNote } from './shared.ts';
import { decimal, flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const jobGeneratedLeadSource = z.object({ jobId: optional(id), employeeId: optional(id) });

export const jobCustomField = z.object({ typeId: id, name: text, value: text });

const job = z.object({
  id,
  jobNumber: text,
  projectId: optional(id),
  customerId: id,
  locationId: id,
  jobStatus: text,
  completedOn: optional(timestamp),
  businessUnitId: id,
  jobTypeId: id,
  priority: text,
  campaignId: id,
  appointmentCount: id,
  firstAppointmentId: id,
  lastAppointmentId: id,
  recallForId: optional(id),
  warrantyId: optional(id),
  jobGeneratedLeadSource: optional(jobGeneratedLeadSource),
  noCharge: flag,
  notificationsEnabled: flag,
  createdOn: timestamp,
  createdById: id,
  modifiedOn: timestamp,
  tagTypeIds: z.array(id),
  leadCallId: optional(id),
  partnerLeadCallId: optional(id),
  bookingId: optional(id),
  soldById: optional(id),
  customerPo: text,
  invoiceId: id,
  membershipId: optional(id),
  total: optional(decimal),
  createdFromEstimateId: optional(id),
  estimateIds: z.array(id),
  summary: optional(text),
  customFields: z.array(jobCustomField),
  externalData: z.array(externalData),
});

const sentJobGeneratedLeadSource = z.strictObject({ jobId: id.nullish(), employeeId: id.nullish() });

const appointmentOfNewJob = z.strictObject({
  start: sentTime,
  end: sentTime,
  arrivalWindowStart: sentTime.nullish(),
  arrivalWindowEnd: sentTime.nullish(),
  technicianIds: z.array(id).nullish(),
});

export const sentCustomField = z.strictObject({ typeId: id, value: text.nullish() });

const newJob = z.strictObject({
  customerId: id,
  locationId: id,
  projectId: id.nullish(),
  businessUnitId: id,
  jobGeneratedLeadSource: sentJobGeneratedLeadSource.nullish(),
  jobTypeId: id,
  priority: text,
  campaignId: id,
  appointments: z.array(appointmentOfNewJob),
  summary: text.nullish(),
  customFields: z.array(sentCustomField).nullish(),
  tagTypeIds: z.array(id).nullish(),
  externalData: newExternalData.nullish(),
  invoiceSignatureIsRequired: flag.nullish(),
  customerPo: text.nullish(),
  soldById: id.nullish(),
  partnerLeadCallId: id.nullish(),
  leadId: id.nullish(),
  bookingId: id.nullish(),
});

const jobChanges = z.strictObject({
  customerId: id.optional(),
  locationId: id.optional(),
  businessUnitId: id.optional(),
  jobGeneratedLeadSource: sentJobGeneratedLeadSource.nullish(),
  jobTypeId: id.optional(),
  priority: text.optional(),
  campaignId: id.optional(),
  summary: text.optional(),
  shouldUpdateInvoiceItems: flag.optional(),
  customFields: z.array(sentCustomField).optional(),
  tagTypeIds: z.array(id).optional(),
  externalData: externalDataChanges.optional(),
  customerPo: text.optional(),
  soldById: id.nullish(),
});

export const jobCancellation = z.strictObject({ reasonId: id, memo: text });

const jobCompletion = z.strictObject({ completedOn: sentTime });

const exportedJobHistoryEntry = z.object({
  id,
  employeeId: optional(id),
  eventType: text,
  date: timestamp,
  usedSchedulingTool: word(
    'Manual',
    'SmartSchedule',
    'SmartDispatch',
    'TechnicianRouteOptimization',
    'AdaptiveCapacity',
  ),
});

const jobHistoryItem = exportedJobHistoryEntry.extend({ memo: text });

const jobHistory = z.object({ history: optional(z.array(jobHistoryItem)) });

const jobCanceledLog = z.object({
  id,
  jobId: id,
  reasonId: id,
  memo: optional(text),
  createdOn: timestamp,
  createdById: id,
  active: flag,
});

const jobBookedLog = z.object({
  id,
  jobId: id,
  jobAppointmentId: id,
  start: timestamp,
  arrivalWindowStart: optional(timestamp),
  arrivalWindowEnd: optional(timestamp),
  createdOn: timestamp,
  createdById: id,
  active: flag,
});

const reasonOfCanceledJob = z.object({ jobId: id, reasonId: id, name: text, text });

/** Not a list: it takes no page, and answers for as many jobs as may be named. */
const reasonsOfCanceledJobs = z.object({ data: z.array(reasonOfCanceledJob) });

const jobCancelReason = z.object({
  id,
  name: text,
  active: flag,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const exportedJob = job.extend({ active: flag });

const exportedJobHistory = z.object({ jobId: id, history: z.array(exportedJobHistoryEntry) });

const exportedJobNote = plainNote.extend({ id, active: flag, jobId: id });

const jpm = apiModule('jpm/v2');

export const jobOperations = {
  listJobs: jpm.list('jobs', {
    scope: 'jpm.jobs',
    query: {
      ...standard,
      ...byExternalData,
      ids: parameter.ids,
      number: parameter.text,
      projectId: parameter.id,
      bookingId: parameter.id,
      jobStatus: parameter.choice('Scheduled', 'Dispatched', 'InProgress', 'Hold', 'Completed', 'Canceled'),
      appointmentStatus: parameter.choice('Scheduled', 'Dispatched', 'Working', 'Hold', 'Done', 'Canceled'),
      priority: parameter.text,
      firstAppointmentStartsOnOrAfter: parameter.time,
      firstAppointmentStartsBefore: parameter.time,
      appointmentStartsOnOrAfter: parameter.time,
      appointmentStartsBefore: parameter.time,
      technicianId: parameter.id,
      customerId: parameter.id,
      locationId: parameter.id,
      soldById: parameter.id,
      jobTypeId: parameter.id,
      campaignId: parameter.id,
      businessUnitId: parameter.id,
      invoiceId: parameter.id,
      createdFromEstimateId: parameter.id,
      estimateIds: parameter.ids,
      completedOnOrAfter: parameter.time,
      completedBefore: parameter.time,
      tagTypeIds: parameter.ids,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn', 'Priority'),
      hasUnusedAppointments: parameter.flag,
    },
    row: job,
  }),
  getJob: jpm.get('jobs/{id}', {
    scope: 'jpm.jobs',
    query: z.strictObject({ externalDataApplicationGuid: parameter.guid }),
    reply: job,
  }),
  createJob: jpm.post('jobs', { scope: 'jpm.jobs', body: newJob, reply: job }),
  updateJob: jpm.patch('jobs/{id}', { scope: 'jpm.jobs', body: jobChanges, reply: job }),
  cancelJob: jpm.put('jobs/{id}/cancel', { scope: 'jpm.jobs', body: jobCancellation, reply: nothing }),
  removeJobCancellation: jpm.put('jobs/{id}/remove-cancellation', { scope: 'jpm.jobs', reply: nothing }),
  holdJob: jpm.put('jobs/{id}/hold', { scope: 'jpm.jobs', body: jobCancellation, reply: nothing }),
  completeJob: jpm.put('jobs/{id}/complete', { scope: 'jpm.jobs', body: jobCompletion, reply: nothing }),
  getJobHistory: jpm.get('jobs/{id}/history', { scope: 'jpm.jobs', reply: jobHistory }),
  listJobCanceledLogs: jpm.list('jobs/{id}/canceled-log', {
    scope: 'jpm.jobs',
    query: {},
    row: jobCanceledLog,
  }),
  getJobBookedLog: jpm.get('jobs/{id}/booked-log', { scope: 'jpm.jobs', reply: jobBookedLog }),
  getReasonsOfCanceledJobs: jpm.get('jobs/cancel-reasons', {
    scope: 'jpm.jobs',
    query: z.strictObject({ ids: parameter.requiredIds }),
    reply: reasonsOfCanceledJobs,
  }),
  listJobCancelReasons: jpm.list('job-cancel-reasons', {
    scope: 'jpm.jobcancelreasons',
    query: { ...standard, active: parameter.active, sort: parameter.text },
    row: jobCancelReason,
  }),
  listJobHoldReasons: jpm.list('job-hold-reasons', {
    scope: 'jpm.jobholdreasons',
    query: { ...standard, active: parameter.active, sort: parameter.text },
    row: jobCancelReason,
  }),
  listJobNotes: jpm.list('jobs/{id}/notes', { scope: 'jpm.jobs', query: {}, row: plainNote }),
  createJobNote: jpm.post('jobs/{id}/notes', { scope: 'jpm.jobs', body: newLeadNote, reply: plainNote }),
  exportJobs: jpm.feed('export/jobs', { scope: 'jpm.jobs', row: exportedJob }),
  exportJobCanceledLogs: jpm.feed('export/job-canceled-logs', { scope: 'jpm.jobs', row: jobCanceledLog }),
  exportJobHistory: jpm.feed('export/job-history', { scope: 'jpm.jobs', row: exportedJobHistory }),
  exportJobNotes: jpm.feed('export/job-notes', { scope: 'jpm.jobs', row: exportedJobNote }),
};
