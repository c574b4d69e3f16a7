import type { ReadPathState, ResourceSync } from '#backend/schemas/api.ts';
import { dispensableResources } from '#backend/schemas/dispensableResources.ts';

/** What matters most of the ways in which a resource is read. */
const order = [
  'paused',
  'backing_off',
  'reading',
  'idle',
  'never',
] as const satisfies ReadPathState['status'][];

export type Health = (typeof order)[number] | 'forbidden' | 'unfinished';

/** One word for a resource that is read in several ways. */
export function healthOf(resource: Pick<ResourceSync, 'pausedAt' | 'paths' | 'backfill'>): Health {
  const { pausedAt, paths, backfill } = resource;
  if (pausedAt !== null) return 'paused';
  const health = order.find((status) => paths.some((path) => path.status === status)) ?? 'never';
  if (health !== 'idle') return health;
  if (refusalOf(resource) !== null) return 'forbidden';
  return backfill?.doneAt === null ? 'unfinished' : 'idle';
}

/** Whether a read is under way, however the resource is otherwise. */
export function isBeingRead({ paths }: Pick<ResourceSync, 'paths'>): boolean {
  return paths.some(({ status }) => status === 'reading');
}

/** The way of reading whose failure is to be shown. */
export function failingPath({ paths }: Pick<ResourceSync, 'paths'>): ReadPathState | undefined {
  return paths.find(({ failures }) => failures > 0);
}

/** Why a resource that can be done without may not be read; null when it may. No failure: it is asked for as ever. */
export function refusalOf({ paths }: Pick<ResourceSync, 'paths'>): string | null {
  return paths.find(({ failures, lastError }) => failures === 0 && lastError !== null)?.lastError ?? null;
}

/** Whether states are derived from a resource: only such are read from a chosen start on. */
function isForStates({ backfill }: Pick<ResourceSync, 'backfill'>): boolean {
  return backfill !== null;
}

/** Whether states go on being told while a resource is paused. */
function isDispensable({ resource }: Pick<ResourceSync, 'resource'>): boolean {
  return dispensableResources.some((name) => name === resource);
}

/** What pausing a resource means for the states; null when they do not hang on it. */
export function pauseWords(resource: ResourceSync): string | null {
  if (!isForStates(resource)) return null;
  return isDispensable(resource)
    ? 'States are told without it meanwhile'
    : 'Customers stay in their states meanwhile';
}

/** What it means for the states that a resource is not read; null when they do not hang on that. */
export function heldWords(resource: ResourceSync): string | null {
  const health = healthOf(resource);
  if (!isForStates(resource) || (health !== 'paused' && health !== 'backing_off')) return null;
  return health === 'paused' && isDispensable(resource)
    ? 'Until it is resumed, states are told without it.'
    : 'Until it is read again, customers stay in their states.';
}

/** When a resource is looked at next; null when nothing is planned. */
export function nextReadOf({ paths }: Pick<ResourceSync, 'paths'>): string | null {
  const times = paths.flatMap(({ path, nextReadAt }) => (path === 'full' || !nextReadAt ? [] : [nextReadAt]));
  return times.toSorted()[0] ?? null;
}

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** "about 40 minutes", "less than a minute": a guess, told as one. */
export function roughTime(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds >= length) ?? ['minute', 60];
  if (seconds < 60) return 'less than a minute';
  const count = Math.round(seconds / size);
  return `about ${count} ${unit}${count === 1 ? '' : 's'}`;
}

/** "every 5 minutes", "every day". */
export function scheduleWords(seconds: number): string {
  const [unit, size] = units.find(([, length]) => seconds >= length && seconds % length === 0) ?? [
    'minute',
    60,
  ];
  const count = Math.round(seconds / size);
  return count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
}

export interface Progress {
  /** Between 0 and 99: the mean of all resources, since how much there is of one is asked when its turn comes. */
  percent: number;
  recordsRead: number;
  /** The resource whose turn it is; null before the first page. */
  current: {
    resource: string;
    recordsRead: number;
    expected: number | null;
    perSecond: number | null;
    secondsLeft: number | null;
  } | null;
  /** What comes after it. */
  left: string[];
  /** Whether it goes on by itself now, and does not wait for a person or for the next try. */
  goesOn: boolean;
}

/** How far the first reading of a tenant has come; null once it is done. */
export function backfillProgress(resources: readonly ResourceSync[]): Progress | null {
  const all = resources.flatMap((each) => (each.backfill ? [{ ...each, ...each.backfill }] : []));
  const open = all.filter(({ doneAt }) => doneAt === null);
  if (open.length === 0) return null;
  const current = open.find(isFeedRead) ?? open.find(({ recordsRead }) => recordsRead > 0) ?? null;
  const shares = all.map(({ doneAt, recordsRead, expected }) =>
    doneAt === null ? shareOf(recordsRead, expected) : 1,
  );
  const share = shares.reduce((sum, each) => sum + each, 0) / all.length;
  return {
    percent: Math.min(99, Math.floor(100 * share)),
    recordsRead: all.reduce((sum, { recordsRead }) => sum + recordsRead, 0),
    current,
    left: open.filter((each) => each !== current).map(({ resource }) => resource),
    goesOn: open.some(isGoingOn),
  };
}

function shareOf(recordsRead: number, expected: number | null): number {
  return expected ? Math.min(1, recordsRead / expected) : 0;
}

function isFeedRead({ paths }: Pick<ResourceSync, 'paths'>): boolean {
  return paths.some(({ path, status }) => path === 'feed' && status === 'reading');
}

function isGoingOn(resource: Pick<ResourceSync, 'pausedAt' | 'paths'>): boolean {
  if (isFeedRead(resource)) return true;
  return (
    resource.pausedAt === null &&
    resource.paths.some(
      ({ path, failures, nextReadAt }) => path === 'feed' && failures === 0 && nextReadAt === null,
    )
  );
}
