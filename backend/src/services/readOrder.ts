import type { Resource } from '#integrations/crm/servicetitan/schemas/records.ts';

/**
 * Parents before children: a job that is seen has its appointments and estimates visible by the time that these are
 * read, so it is never derived without them. Its twin in SQL is state_resources.
 */
export const stateResources = [
  'customers',
  'customer_contacts',
  'bookings',
  'leads',
  'jobs',
  'appointments',
  'canceled_logs',
  'estimates',
] as const satisfies Resource[];

/** Names for the screens, no input of the states. */
export const referenceResources = [
  'job_types',
  'business_units',
  'tag_types',
  'campaigns',
  'technicians',
  'cancel_reasons',
] as const satisfies Resource[];

/** All that is read of a tenant, in read order. Opt-outs are read too, though they are no part of the mirror. */
export const syncResources = [...stateResources, ...referenceResources, 'suppressions'] as const;
export type SyncResource = (typeof syncResources)[number];

/**
 * The ways to read a resource: by list of what changed (fast), by export feed (sure), and in full to find what
 * vanished. Canceled logs have no list: their feed, followed from the moment of connecting on, takes its place.
 */
export const readPaths = ['list', 'feed', 'full'] as const;
export type ReadPath = (typeof readPaths)[number];

export interface ScheduledRead {
  resource: SyncResource;
  path: ReadPath;
  /** How often, unless an administrator says otherwise for the resource's fast path. */
  seconds: number;
}

const hour = 3600;
const day = 24 * hour;

function each(resources: readonly SyncResource[], path: ReadPath, seconds: number): ScheduledRead[] {
  return resources.map((resource) => ({ resource, path, seconds }));
}

/**
 * Every read there is, in the order in which those that are due are made. Names come after what states hang on: where
 * credentials are refused, that has shown by then.
 */
export const readSchedule: readonly ScheduledRead[] = [
  ...each(stateResources, 'list', 300),
  ...each(stateResources, 'feed', hour / 2),
  ...each(referenceResources, 'list', day),
  ...each(['suppressions'], 'list', hour / 2),
  ...each(stateResources, 'full', 7 * day),
];

export function secondsOf(resource: SyncResource, path: ReadPath): number {
  return readSchedule.find((read) => read.resource === resource && read.path === path)?.seconds ?? hour;
}

/**
 * From when on the history of a resource is read. Who somebody is counts whenever they were last changed: today's job
 * may be one of a customer of ten years ago.
 */
export function historyStartOf(resource: SyncResource, chosen: string | null): string | null {
  return resource === 'customers' || resource === 'customer_contacts' ? null : chosen;
}

export function isStateResource(resource: SyncResource): resource is (typeof stateResources)[number] {
  return stateResources.some((known) => known === resource);
}

export function isReferenceResource(resource: SyncResource): boolean {
  return referenceResources.some((known) => known === resource);
}
