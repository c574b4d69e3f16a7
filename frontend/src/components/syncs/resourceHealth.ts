import type { ReadPathState, ResourceSync } from '#backend/schemas/api.ts';

/** What matters most of the ways in which a resource is read. */
const order = [
  'paused',
  'backing_off',
  'reading',
  'idle',
  'never',
] as const satisfies ReadPathState['status'][];

export type Health = (typeof order)[number];

/** One word for a resource that is read in several ways. */
export function healthOf({ pausedAt, paths }: Pick<ResourceSync, 'pausedAt' | 'paths'>): Health {
  if (pausedAt !== null) return 'paused';
  return order.find((status) => paths.some((path) => path.status === status)) ?? 'never';
}

/** The way of reading whose failure is to be shown. */
export function failingPath({ paths }: Pick<ResourceSync, 'paths'>): ReadPathState | undefined {
  return paths.find(({ failures }) => failures > 0);
}

/** Whether states are derived from a resource: only such are read from a chosen start on. */
export function isForStates({ backfill }: Pick<ResourceSync, 'backfill'>): boolean {
  return backfill !== null;
}

/** Whether customers keep their states because a resource is not read: nothing is derived from a part of the truth. */
export function holdsStates(resource: ResourceSync): boolean {
  const health = healthOf(resource);
  return isForStates(resource) && (health === 'paused' || health === 'backing_off');
}

export const heldWords = 'Until it is read again, customers stay in their states.';

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
  /** Between 0 and 100; null while nobody knows how much there is. */
  percent: number | null;
  recordsRead: number;
  expected: number | null;
  perSecond: number | null;
  secondsLeft: number | null;
  resources: string[];
}

/** How far the first reading of a tenant has come; null once it is done. */
export function backfillProgress(resources: readonly ResourceSync[]): Progress | null {
  const first = resources.flatMap(({ resource, backfill }) => (backfill ? [{ resource, ...backfill }] : []));
  const open = first.filter(({ doneAt }) => doneAt === null);
  if (open.length === 0) return null;
  const sum = (values: readonly (number | null)[]) =>
    values.reduce<number>((total, value) => total + (value ?? 0), 0);
  const known = first.filter(({ expected }) => expected !== null);
  const expected = known.length === 0 ? null : sum(known.map((each) => each.expected));
  const read = sum(known.map((each) => (each.doneAt === null ? each.recordsRead : each.expected)));
  const guesses = open.flatMap(({ secondsLeft }) => (secondsLeft === null ? [] : [secondsLeft]));
  return {
    percent: expected === null || expected === 0 ? null : Math.min(99, Math.round((100 * read) / expected)),
    recordsRead: sum(first.map(({ recordsRead }) => recordsRead)),
    expected,
    perSecond: sum(open.map(({ perSecond }) => perSecond)) || null,
    secondsLeft: guesses.length === 0 ? null : sum(guesses),
    resources: open.map(({ resource }) => resource),
  };
}
