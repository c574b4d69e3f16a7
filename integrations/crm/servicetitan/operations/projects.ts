import { z } from 'zod';
import { jobCustomField } from './jobs.ts';
import { apiModule, nothing } from './operation.ts';
import { byExternalData, parameter, standard } from './parameters.ts';
import { customFieldToSet, externalData, externalDataChanges, newExternalData } from './shared.ts';
import { flag, id, optional, sentTime, text, timestamp, whole } from './values.ts';

const project = z.object({
  id,
  number: text,
  name: optional(text),
  summary: optional(text),
  status: optional(text),
  statusId: optional(id),
  subStatus: optional(text),
  subStatusId: optional(id),
  customerId: id,
  locationId: id,
  projectTypeId: optional(id),
  projectManagerIds: z.array(id),
  businessUnitIds: z.array(id),
  startDate: optional(timestamp),
  targetCompletionDate: optional(timestamp),
  actualCompletionDate: optional(timestamp),
  modifiedOn: optional(timestamp),
  createdOn: timestamp,
  customFields: z.array(jobCustomField),
  externalData: z.array(externalData),
  jobIds: z.array(id),
});

const newProject = z.strictObject({
  locationId: id,
  customerId: id.nullish(),
  projectTypeId: id.nullish(),
  projectManagerIds: z.array(id).nullish(),
  name: text.nullish(),
  summary: text.nullish(),
  statusId: id.nullish(),
  subStatusId: id.nullish(),
  startDate: sentTime.nullish(),
  targetCompletionDate: sentTime.nullish(),
  actualCompletionDate: sentTime.nullish(),
  customFields: z.array(customFieldToSet).nullish(),
  externalData: newExternalData.nullish(),
  businessUnitIds: z.array(id).nullish(),
});

const projectChanges = z.strictObject({
  projectManagerIds: z.array(id).optional(),
  jobIds: z.array(id).optional(),
  businessUnitIds: z.array(id).optional(),
  name: text.optional(),
  summary: text.optional(),
  statusId: id.optional(),
  subStatusId: id.optional(),
  projectTypeId: id.nullish(),
  startDate: sentTime.optional(),
  targetCompletionDate: sentTime.optional(),
  actualCompletionDate: sentTime.optional(),
  customFields: z.array(customFieldToSet).optional(),
  externalData: externalDataChanges.optional(),
});

const projectStatus = z.object({ id, name: text, order: whole, modifiedOn: timestamp });

const exportedProject = project.extend({ active: flag });

const exportedProjectNote = z.object({
  id,
  active: flag,
  text,
  isPinned: flag,
  createdById: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
  projectId: id,
});

const jpm = apiModule('jpm/v2');

export const projectOperations = {
  listProjects: jpm.list('projects', {
    scope: 'jpm.projects',
    query: {
      ...standard,
      ...byExternalData,
      ids: parameter.ids,
      customerId: parameter.id,
      locationId: parameter.id,
      projectTypeId: parameter.id,
      invoiceId: parameter.id,
      technicianId: parameter.id,
      jobId: parameter.id,
      appointmentId: parameter.id,
      projectManagerIds: parameter.ids,
      businessUnitIds: parameter.ids,
      startsBefore: parameter.time,
      startsOnOrAfter: parameter.time,
      completedBefore: parameter.time,
      completedOnOrAfter: parameter.time,
      targetCompletionDateBefore: parameter.time,
      targetCompletionDateOnOrAfter: parameter.time,
      status: parameter.text,
      sort: parameter.sort('Id', 'ModifiedOn', 'CreatedOn', 'Name', 'TargetCompletionDate'),
    },
    row: project,
  }),
  getProject: jpm.get('projects/{id}', {
    scope: 'jpm.projects',
    query: z.strictObject({ externalDataApplicationGuid: parameter.guid }),
    reply: project,
  }),
  createProject: jpm.post('projects', { scope: 'jpm.projects', body: newProject, reply: project }),
  updateProject: jpm.patch('projects/{id}', { scope: 'jpm.projects', body: projectChanges, reply: project }),
  attachJobToProject: jpm.post('projects/{id}/attach-job/{jobId}', {
    scope: 'jpm.projects',
    reply: nothing,
    repeatable: true,
  }),
  detachJobFromProject: jpm.post('projects/detach-job/{jobId}', {
    scope: 'jpm.projects',
    reply: nothing,
    repeatable: true,
  }),
  listProjectStatuses: jpm.list('project-statuses', {
    scope: 'jpm.projectstatuses',
    query: { ...standard, name: parameter.text, ids: parameter.ids, sort: parameter.text },
    row: projectStatus,
  }),
  exportProjects: jpm.feed('export/projects', { scope: 'jpm.projects', row: exportedProject }),
  exportProjectNotes: jpm.feed('export/project-notes', { scope: 'jpm.projects', row: exportedProjectNote }),
};
