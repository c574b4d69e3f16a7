import { z } from 'zod';
import {
  active,
  flag,
  id,
  optionalLink,
  optionalMoney,
  optionalText,
  optionalTimestamp,
  priority,
  requiredLink,
  text,
  timestamp,
} from './members.ts';

export const taskStatus = z.enum(['ToDo', 'InProgress', 'OnHold', 'Canceled', 'Completed']);

export const taskRow = z.object({
  id,
  taskNumber: id,
  active,
  isClosed: flag.default(false),
  status: taskStatus.default('ToDo'),
  closedOn: optionalTimestamp,
  name: text.min(1),
  description: optionalText,
  reportedById: requiredLink,
  assignedToId: requiredLink,
  businessUnitId: requiredLink,
  employeeTaskTypeId: requiredLink,
  employeeTaskSourceId: requiredLink,
  employeeTaskResolutionId: requiredLink.default(0),
  reportedOn: timestamp,
  completeBy: optionalTimestamp,
  startedOn: optionalTimestamp,
  involvedEmployeeIdList: z.array(z.int()).nullable().default([]),
  customerId: optionalLink,
  jobId: optionalLink,
  projectId: optionalLink,
  priority: priority.default('Normal'),
  refundIssued: optionalMoney,
  descriptionModifiedOn: optionalTimestamp,
  descriptionModifiedById: optionalLink,
  createdOn: timestamp,
  modifiedOn: timestamp,
});
export type TaskRow = z.infer<typeof taskRow>;

/** The tenant's own words for tasks: the same in every tenant of the sandbox. */
export const taskTypes = [
  { id: 1, name: 'Customer call', active: true },
  { id: 2, name: 'Follow up', active: true },
  { id: 3, name: 'Complaint', active: true },
] as const;
export const taskSources = [
  { id: 11, name: 'Office', active: true },
  { id: 12, name: 'Customer', active: true },
] as const;
export const taskResolutions = [{ id: 21, name: 'Solved', type: 'Custom', active: true }] as const;
