import { z } from 'zod';
import { apiModule } from './operation.ts';
import { parameter, standard } from './parameters.ts';
import { decimal, flag, id, optional, sentTime, text, timestamp, word } from './values.ts';

const statuses = ['ToDo', 'InProgress', 'OnHold', 'Canceled', 'Completed'] as const;

const task = z.object({
  reportedById: id,
  assignedToId: id,
  active: flag,
  status: word(...statuses),
  closedOn: optional(timestamp),
  name: optional(text),
  businessUnitId: id,
  employeeTaskTypeId: id,
  employeeTaskSourceId: id,
  employeeTaskResolutionId: id,
  reportedOn: timestamp,
  completeBy: optional(timestamp),
  involvedEmployeeIdList: optional(z.array(id)),
  customerId: optional(id),
  jobId: optional(id),
  projectId: optional(id),
  description: optional(text),
  priority: optional(text),
  id,
  taskNumber: id,
  customerName: optional(text),
  jobNumber: optional(text),
  refundIssued: optional(decimal),
  createdOn: timestamp,
  modifiedOn: optional(timestamp),
});

export const taskPriorities = ['Low', 'Normal', 'High', 'Urgent'] as const;

const newTask = z.strictObject({
  reportedById: id,
  assignedToId: id,
  isClosed: flag,
  status: z.enum(statuses).nullish(),
  name: text,
  businessUnitId: id,
  employeeTaskTypeId: id,
  employeeTaskSourceId: id,
  employeeTaskResolutionId: id.nullish(),
  reportedDate: sentTime,
  completeBy: sentTime.nullish(),
  startedOn: sentTime.nullish(),
  involvedEmployeeIdList: z.array(id).nullish(),
  customerId: id.nullish(),
  jobId: id.nullish(),
  projectId: id.nullish(),
  description: text.nullish(),
  priority: z.enum(taskPriorities),
});

const createdTask = z.object({
  reportedById: id,
  assignedToId: id,
  isClosed: flag,
  status: optional(word(...statuses)),
  name: text,
  businessUnitId: id,
  employeeTaskTypeId: id,
  employeeTaskSourceId: id,
  reportedDate: timestamp,
  completeBy: optional(timestamp),
  customerId: optional(id),
  jobId: optional(id),
  projectId: optional(id),
  description: optional(text),
  priority: word(...taskPriorities),
  id,
  taskNumber: id,
  createdOn: timestamp,
  modifiedOn: timestamp,
});

const choice = z.object({ id, name: text, active: flag });

/** What a task can be made of: who does it, and the tenant's own kinds and sources. */
const taskChoices = z.object({
  employees: z.array(choice),
  businessUnits: z.array(z.object({ name: text, value: id })),
  taskTypes: z.array(choice),
  taskSources: z.array(choice),
});

const taskManagement = apiModule('taskmanagement/v2');
/**
 * No document of ServiceTitan's names the scope of this module: this is how the others are built. So that a token does
 * not state it proves nothing; only that tasks are refused does.
 */
const scope = 'tm.tasks';

export const taskOperations = {
  listTasks: taskManagement.list('tasks', {
    scope,
    query: {
      ...standard,
      active: parameter.active,
      ids: parameter.ids,
      name: parameter.text,
      customerId: parameter.id,
      jobId: parameter.id,
      projectId: parameter.id,
      assignedToId: parameter.id,
      reportedById: parameter.id,
      isClosed: parameter.flag,
      sort: parameter.text,
    },
    row: task,
  }),
  getTask: taskManagement.get('tasks/{id}', { scope, reply: task }),
  createTask: taskManagement.post('tasks', { scope, body: newTask, reply: createdTask }),
  getTaskChoices: taskManagement.get('data', { scope, reply: taskChoices }),
};
