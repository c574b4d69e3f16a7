import {
  projectRow,
  projectStatusRow,
  projectSubStatusRow,
  projectTypeRow,
  type ProjectRow,
} from '../rows/projectRows.ts';
import type { JobRow } from '../rows/jobRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { defineResource } from './defineResource.ts';
import { externalDataSearch, showExternalData } from './externalDataFilters.ts';
import { anyIdIn, before, idIn, integerIs, onOrAfter, textContains, type Filter } from './filters.ts';
import { readAssignments, showFields } from './jobResources.ts';
import { linkedTo, rowsThatPass } from './linked.ts';
import { commonSorts } from './readList.ts';

function jobsOf(records: TenantRecords, project: ProjectRow): JobRow[] {
  return records.jobs.ownedBy(project.customerId).filter((job) => job.active && job.projectId === project.id);
}

function statusOf(records: TenantRecords, project: ProjectRow): string | null {
  return records.project_statuses.get(project.statusId)?.name ?? project.status;
}

/** The project of one record that names it, found by that record's id. */
function projectOf(
  find: (id: number, records: TenantRecords) => number | null | undefined,
): Filter<ProjectRow> {
  return (reader, name, records) => {
    const id = reader.integer(name);
    if (id === undefined) return undefined;
    return linkedTo((project) => project.id, [find(id, records) ?? null]);
  };
}

const isOfInvoice = integerIs<JobRow>((job) => job.invoiceId);

export const projects = defineResource({
  name: 'projects',
  noun: 'Project',
  scope: 'jpm.projects',
  select: (records) => records.projects,
  schema: projectRow.loose(),
  fill: (raw) => (typeof raw['id'] === 'number' ? { number: String(raw['id']) } : {}),
  listPath: 'jpm/v2/tenant/:tenant/projects',
  exportPaths: ['jpm/v2/tenant/:tenant/export/projects'],
  hasGet: true,
  show: (row, context) => ({
    ...row,
    status: statusOf(context.records, row),
    subStatus: context.records.project_sub_statuses.get(row.subStatusId)?.name ?? row.subStatus,
    customFields: showFields(row.customFields),
    externalData: showExternalData(row.externalData, context),
    jobIds: jobsOf(context.records, row).map((job) => job.id),
  }),
  exportOnly: ['active'],
  activeByDefault: 'hidden',
  sorts: {
    ...commonSorts,
    Name: (row) => row.name ?? '',
    TargetCompletionDate: (row) => row.targetCompletionDate ?? '',
  },
  filters: {
    ids: idIn((row) => row.id),
    customerId: integerIs((row) => row.customerId),
    locationId: integerIs((row) => row.locationId),
    projectTypeId: integerIs((row) => row.projectTypeId),
    jobId: projectOf((id, records) => records.jobs.get(id)?.projectId),
    appointmentId: projectOf(
      (id, records) => records.jobs.get(records.appointments.get(id)?.jobId)?.projectId,
    ),
    invoiceId: (reader, name, records) => {
      const test = isOfInvoice(reader, name, records);
      if (!test) return undefined;
      const jobs = rowsThatPass(records.jobs, test);
      return linkedTo(
        (project) => project.id,
        jobs.map((job) => job.projectId),
      );
    },
    technicianId: (reader, name, records) => {
      const assignments = readAssignments(reader, name, records);
      if (!assignments) return undefined;
      const projectIds = assignments.map((row) => records.jobs.get(row.jobId)?.projectId ?? null);
      return linkedTo((project) => project.id, projectIds);
    },
    projectManagerIds: anyIdIn((row) => row.projectManagerIds),
    businessUnitIds: anyIdIn((row) => row.businessUnitIds),
    startsOnOrAfter: onOrAfter((row) => row.startDate),
    startsBefore: before((row) => row.startDate),
    completedOnOrAfter: onOrAfter((row) => row.actualCompletionDate),
    completedBefore: before((row) => row.actualCompletionDate),
    targetCompletionDateOnOrAfter: onOrAfter((row) => row.targetCompletionDate),
    targetCompletionDateBefore: before((row) => row.targetCompletionDate),
    status: (reader, name, records) => {
      const status = reader.text(name)?.toLowerCase();
      return status === undefined
        ? undefined
        : (project) => statusOf(records, project)?.toLowerCase() === status;
    },
    ...externalDataSearch,
  },
});

export const projectStatuses = defineResource({
  name: 'project_statuses',
  noun: 'Project status',
  scope: 'jpm.projectstatuses',
  select: (records) => records.project_statuses,
  schema: projectStatusRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/project-statuses',
  hasGet: true,
  internal: ['createdOn', 'active'],
  activeByDefault: 'hidden',
  sorts: { ...commonSorts, Name: (row) => row.name, Order: (row) => row.order },
  filters: { ids: idIn((row) => row.id), name: textContains((row) => row.name) },
});

export const projectSubStatuses = defineResource({
  name: 'project_sub_statuses',
  aliases: ['project_substatuses'],
  noun: 'Project sub-status',
  scope: 'jpm.projectstatuses',
  select: (records) => records.project_sub_statuses,
  schema: projectSubStatusRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/project-substatuses',
  hasGet: true,
  internal: ['createdOn'],
  activeByDefault: 'True',
  sorts: { ...commonSorts, Name: (row) => row.name, Order: (row) => row.order },
  filters: {
    ids: idIn((row) => row.id),
    name: textContains((row) => row.name),
    statusId: integerIs((row) => row.statusId),
  },
});

export const projectTypes = defineResource({
  name: 'project_types',
  noun: 'Project type',
  scope: 'jpm.projecttypes',
  select: (records) => records.project_types,
  schema: projectTypeRow.loose(),
  listPath: 'jpm/v2/tenant/:tenant/project-types',
  hasGet: true,
  internal: ['createdOn', 'modifiedOn', 'active'],
  activeByDefault: 'hidden',
  sorts: {},
  filters: {},
});
