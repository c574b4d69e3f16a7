import { z } from 'zod';
import { namesOfTask } from '../resources/taskResources.ts';
import { flag, priority, text, timestamp } from '../rows/members.ts';
import { taskResolutions, taskRow, taskSources, taskStatus, taskTypes } from '../rows/taskRows.ts';
import { invalid } from './ApiError.ts';
import { id, ids, requiredId } from './bodyMembers.ts';
import { checkLinks } from './checkLinks.ts';
import { givenMembers } from './givenMembers.ts';
import { readBody, type Call, type Route } from './route.ts';

const base = 'taskmanagement/v2/tenant/:tenant';
const scope = 'tm.tasks';

const newTaskBody = z.object({
  reportedById: requiredId,
  assignedToId: requiredId,
  isClosed: flag,
  status: taskStatus.nullish(),
  name: text.min(1),
  businessUnitId: requiredId,
  employeeTaskTypeId: requiredId,
  employeeTaskSourceId: requiredId,
  employeeTaskResolutionId: id.nullish(),
  reportedDate: timestamp,
  completeBy: timestamp.nullish(),
  startedOn: timestamp.nullish(),
  involvedEmployeeIdList: ids.nullish(),
  customerId: id.nullish(),
  jobId: id.nullish(),
  projectId: id.nullish(),
  description: text.nullish(),
  priority,
});

/** Who reports and does a task is an employee or a technician; kinds and sources are the tenant's own. */
function checkTask({ desk: { records } }: Call, body: z.infer<typeof newTaskBody>): void {
  checkLinks(records, body);
  const isStaff = (member: number) =>
    records.employees.get(member) !== undefined || records.technicians.get(member) !== undefined;
  const wrong = {
    ...(!isStaff(body.reportedById) && { reportedById: ['There is no such employee.'] }),
    ...(!isStaff(body.assignedToId) && { assignedToId: ['There is no such employee.'] }),
    ...(!taskTypes.some((type) => type.id === body.employeeTaskTypeId) && {
      employeeTaskTypeId: ['There is no such task type.'],
    }),
    ...(!taskSources.some((source) => source.id === body.employeeTaskSourceId) && {
      employeeTaskSourceId: ['There is no such task source.'],
    }),
  };
  if (Object.keys(wrong).length > 0) throw invalid(wrong);
}

export const taskRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: `${base}/tasks`,
    scope,
    handle: (call) => {
      const body = readBody(call, newTaskBody);
      checkTask(call, body);
      const { records, now } = call.desk;
      const taskId = records.tasks.nextId();
      const { reportedDate, ...members } = body;
      const task = records.tasks.put(
        taskRow.parse({
          ...givenMembers(members),
          id: taskId,
          taskNumber: taskId,
          reportedOn: reportedDate,
          createdOn: now,
          modifiedOn: now,
        }),
      );
      const {
        reportedOn,
        active: _active,
        closedOn: _closedOn,
        descriptionModifiedById: _by,
        ...shown
      } = task;
      return {
        ...shown,
        ...namesOfTask(task, records),
        reportedDate: reportedOn,
        descriptionModifiedBy: null,
      };
    },
  },
  {
    method: 'GET',
    path: `${base}/data`,
    scope,
    handle: ({ desk: { records } }) => ({
      employees: [...records.employees.values(), ...records.technicians.values()].map(
        ({ id: employeeId, name, active }) => ({ id: employeeId, name, active }),
      ),
      businessUnits: [...records.business_units.values()].map(({ id: value, name }) => ({ name, value })),
      taskPriorities: priority.options.map((name) => ({ name })),
      taskResolutionTypes: [{ name: 'Custom' }, { name: 'Refund' }],
      taskStatuses: taskStatus.options.map((name) => ({ name })),
      taskTypes: taskTypes.map((type) => ({ ...type, excludedTaskResolutionIds: [] })),
      taskSources,
      taskResolutions: taskResolutions.map((resolution) => ({ ...resolution, excludedTaskTypeIds: [] })),
    }),
  },
];
