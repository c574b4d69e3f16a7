import type { TaskNameKind } from '#integrations/crm/servicetitan/taskNames.ts';
import { AppError } from '../errors.ts';
import type { OptionKind } from '../schemas/conditions.ts';
import type { SyncResource } from './readOrder.ts';

export type StoredSource =
  /** The product itself. */
  | { own: 'connections' | 'flows' | 'members' }
  /** A mirrored resource of ServiceTitan's, by the numbers of each tenant. */
  | { resource: SyncResource };

/** Asked of each tenant at once; known by name, which is the same in all of them. */
interface AskedSource {
  asked: TaskNameKind;
}

/** Where the names of a kind come from. */
export const optionSources: Record<OptionKind, StoredSource | AskedSource> = {
  connections: { own: 'connections' },
  flows: { own: 'flows' },
  members: { own: 'members' },
  job_types: { resource: 'job_types' },
  business_units: { resource: 'business_units' },
  tag_types: { resource: 'tag_types' },
  campaigns: { resource: 'campaigns' },
  technicians: { resource: 'technicians' },
  employees: { asked: 'employees' },
  task_types: { asked: 'task_types' },
  task_sources: { asked: 'task_sources' },
};

/** Whether the tenants themselves are asked whenever these names are wanted. */
export function isAsked(kind: OptionKind): boolean {
  return 'asked' in optionSources[kind];
}

/** What is read of ServiceTitan to know these names; null: they are asked whenever they are wanted. Refuses what is the product's own. */
export function resourceOfKind(kind: OptionKind): SyncResource | null {
  const source = optionSources[kind];
  if ('resource' in source) return source.resource;
  if ('asked' in source) return null;
  throw new AppError('invalid_input', `The list of ${kind} is always up to date: there is nothing to read.`);
}
