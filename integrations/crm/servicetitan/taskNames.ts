import type { ServiceTitanService } from './ServiceTitanService.ts';

/** What tasks are made of, which is known by name in each tenant. */
export type TaskNameKind = 'employees' | 'task_types' | 'task_sources';

export type TaskNames = Record<TaskNameKind, string[]>;

/** The names that a tenant has for tasks right now: they are not mirrored. */
export async function readTaskNames(
  service: Pick<ServiceTitanService, 'calls'>,
  signal?: AbortSignal,
): Promise<TaskNames> {
  const { employees, taskTypes, taskSources } = await service.calls.getTaskChoices({}, { signal });
  return {
    employees: namesOf(employees),
    task_types: namesOf(taskTypes),
    task_sources: namesOf(taskSources),
  };
}

function namesOf(list: readonly { name: string; active: boolean }[]): string[] {
  return list.flatMap(({ name, active }) => (active ? [name.trim()] : []));
}
