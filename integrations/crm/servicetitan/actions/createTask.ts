import { z } from 'zod';
import { defineAction } from '../../../action.ts';
import { IntegrationError } from '../../../errors.ts';
import {
  defaultedChoiceField,
  defaultedNumberField,
  optionalIdField,
  optionalLongTextField,
  optionalTextField,
  textField,
} from '../../../fields.ts';
import { operations } from '../operations/operations.ts';
import { taskPriorities } from '../operations/tasks.ts';
import { scopeOf } from '../scopes.ts';
import type { ServiceTitanService } from '../ServiceTitanService.ts';

const input = z.object({
  name: textField({ title: 'Task', description: 'What is to be done.', format: 'template' }),
  description: optionalLongTextField({ title: 'Details', format: 'template', sensitive: 'personal' }),
  assignedTo: textField({
    title: 'Assigned to',
    description: 'In each tenant whoever has this name there.',
    options: 'employees',
  }),
  dueInDays: defaultedNumberField(1, { min: 0, max: 365 }, { title: 'Due in', unit: 'days' }),
  priority: defaultedChoiceField(taskPriorities, 'Normal', { title: 'Priority' }),
  kind: optionalTextField({
    title: 'Kind of task',
    description: 'Left empty: the first kind that the tenant has.',
    options: 'task_types',
  }),
  source: optionalTextField({
    title: 'Source',
    description: 'Left empty: the first source that the tenant has.',
    options: 'task_sources',
  }),
  businessUnitId: optionalIdField({
    title: 'Business unit',
    description: 'Left empty: that of the job, else the first.',
    options: 'business_units',
  }),
  customerId: optionalIdField({
    title: 'Customer number',
    description: 'Left empty: the customer of the run.',
  }),
  jobId: optionalIdField({ title: 'Job number', description: 'Left empty: the job of the run.' }),
});

const output = z.object({
  taskId: z.int().meta({ title: 'Number of the record' }),
  taskNumber: z.int().meta({ title: 'Task number' }),
  created: z.boolean().meta({ title: 'Made by this try' }),
});

export const createTaskAction = defineAction<ServiceTitanService, typeof input, typeof output>({
  id: 'servicetitan_create_task',
  title: 'Create task',
  description: 'Gives somebody in the office a task. Made once, however often the step is tried.',
  category: 'Tasks',
  effect: 'write',
  scopes: [scopeOf(operations.listTasks), scopeOf(operations.createTask)],
  input,
  output,
  run: async ({ service, clock, signal, idempotencyKey }, given) => {
    const { name, description = '', priority, dueInDays, customerId, jobId } = given;
    const now = clock.now();
    const { task, created } = await service.createTask(
      {
        ...(await resolveNames(service, given, signal)),
        name,
        description,
        priority,
        customerId,
        jobId,
        reportedDate: now.toISOString(),
        completeBy: new Date(now.getTime() + dueInDays * 86_400_000).toISOString(),
        reference: idempotencyKey,
      },
      signal,
    );
    return { taskId: task.id, taskNumber: task.taskNumber, created };
  },
});

/** Names say the same in every tenant where numbers would mean somebody else. */
async function resolveNames(
  service: ServiceTitanService,
  { assignedTo, kind, source, businessUnitId, jobId }: z.output<typeof input>,
  signal: AbortSignal | undefined,
) {
  const choices = await service.calls.getTaskChoices({}, { signal });
  const units = choices.businessUnits.map(({ value, name }) => ({ id: value, name, active: true }));
  const job =
    businessUnitId === undefined && jobId !== undefined ? await service.getJob(jobId, signal) : null;
  return {
    assignedToId: choose(choices.employees, assignedTo, 'Assigned to'),
    employeeTaskTypeId: choose(choices.taskTypes, kind, 'Kind of task'),
    employeeTaskSourceId: choose(choices.taskSources, source, 'Source'),
    businessUnitId: businessUnitId ?? job?.businessUnitId ?? choose(units, undefined, 'Business unit'),
  };
}

interface Choice {
  id: number;
  name: string;
  active: boolean;
}

/** The one with this name; without a name the first. */
function choose(choices: readonly Choice[], name: string | undefined, title: string): number {
  const possible = choices.filter(({ active }) => active);
  const wanted = name?.trim().toLowerCase();
  const [found, second] = possible.filter(
    (choice) => wanted === undefined || choice.name.trim().toLowerCase() === wanted,
  );
  if (found && (wanted === undefined || !second)) return found.id;
  const names = possible.slice(0, 20).map((choice) => choice.name);
  throw new IntegrationError(
    'invalid',
    found
      ? `${title}: several are called so in ServiceTitan. Give one of them another name there.`
      : `${title}: nothing in ServiceTitan is called so. Choose one of: ${names.join(', ') || 'none, add one there'}.`,
  );
}
