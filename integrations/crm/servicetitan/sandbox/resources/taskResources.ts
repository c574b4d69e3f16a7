import { priority } from '../rows/members.ts';
import { taskRow, taskStatus, type TaskRow } from '../rows/taskRows.ts';
import type { TenantRecords } from '../TenantRecords.ts';
import { choiceAmong } from './accountingFilters.ts';
import { defineResource } from './defineResource.ts';
import { before, flagIs, idIn, integerIs, onOrAfter, textContains } from './filters.ts';
import { QueryReader } from './QueryReader.ts';
import { commonSorts } from './readList.ts';

/** The names that every answer about a task repeats. */
export function namesOfTask({ customerId, jobId }: TaskRow, records: TenantRecords) {
  return {
    customerName: records.customers.get(customerId)?.name ?? null,
    jobNumber: records.jobs.get(jobId)?.jobNumber ?? null,
  };
}

export const tasks = defineResource({
  name: 'tasks',
  noun: 'Task',
  scope: 'tm.tasks',
  select: (records) => records.tasks,
  schema: taskRow.loose(),
  fill: (raw) => (typeof raw['id'] === 'number' ? { taskNumber: raw['id'] } : {}),
  listPath: 'taskmanagement/v2/tenant/:tenant/tasks',
  hasGet: true,
  show: (row, { records, query }) => {
    // There are no subtasks to show; a wrong value is refused all the same.
    const reader = new QueryReader(query);
    reader.flag('includeSubtasks');
    reader.check();
    return { ...row, ...namesOfTask(row, records), comments: [], attachments: [] };
  },
  internal: ['startedOn'],
  activeByDefault: 'True',
  sorts: commonSorts,
  filters: {
    ids: idIn((row) => row.id),
    includeSubtasks: (reader, name) => {
      reader.flag(name);
      return undefined;
    },
    name: textContains((row) => row.name),
    isClosed: flagIs((row) => row.isClosed),
    statuses: choiceAmong(taskStatus.options, (row) => row.status),
    priorities: choiceAmong(priority.options, (row) => row.priority),
    businessUnitIds: idIn((row) => row.businessUnitId),
    employeeTaskTypeIds: idIn((row) => row.employeeTaskTypeId),
    employeeTaskSourceIds: idIn((row) => row.employeeTaskSourceId),
    employeeTaskResolutionIds: idIn((row) => row.employeeTaskResolutionId),
    reportedById: integerIs((row) => row.reportedById),
    assignedToId: integerIs((row) => row.assignedToId),
    customerId: integerIs((row) => row.customerId),
    jobId: integerIs((row) => row.jobId),
    projectId: integerIs((row) => row.projectId),
    taskNumber: integerIs((row) => row.taskNumber),
    jobNumber: (reader, name, records) => {
      const number = reader.text(name);
      return number === undefined ? undefined : (row) => records.jobs.get(row.jobId)?.jobNumber === number;
    },
    reportedOnOrAfter: onOrAfter((row) => row.reportedOn),
    reportedBefore: before((row) => row.reportedOn),
    completeOnOrAfter: onOrAfter((row) => row.completeBy),
    completeBefore: before((row) => row.completeBy),
  },
});
