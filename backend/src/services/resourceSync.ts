import type { ConnectionReadsRow, CursorRow } from '../repositories/overviewRepository.ts';
import type { ReadPathState, ResourceSync } from '../schemas/api.ts';
import { isStateResource, readSchedule, secondsOf, syncResources, type SyncResource } from './readOrder.ts';

interface Moment {
  now: Date;
  systemNow: Date;
}

/** How each resource is read, as the screens show it: in read order. */
export function resourceSyncs(reads: ConnectionReadsRow, moment: Moment): ResourceSync[] {
  return syncResources.map((resource) => resourceSync(reads, resource, moment));
}

function resourceSync(reads: ConnectionReadsRow, resource: SyncResource, moment: Moment): ResourceSync {
  const cursors = reads.cursors.filter((cursor) => cursor.resource === resource);
  const settings = reads.settings.find((row) => row.resource === resource);
  const pausedAt = settings?.paused_at ?? null;
  const newest = cursors.map(({ last_modified_on: at }) => at ?? '').toSorted();
  const done = cursors
    .filter(({ path }) => path !== 'full')
    .flatMap(({ completed_at: at }) => (at === null ? [] : Date.parse(at)));
  const feed = cursors.find(({ path }) => path === 'feed');
  return {
    resource,
    records: reads.records[resource] ?? 0,
    setAside: reads.rejected[resource] ?? 0,
    lastModifiedOn: newest.at(-1) || null,
    paths: readSchedule
      .filter((read) => read.resource === resource)
      .map(({ path }) => {
        const cursor = cursors.find((row) => row.path === path);
        return pathState(cursor, { path, isPaused: pausedAt !== null, ...moment });
      }),
    lag:
      done.length === 0 ? null : Math.max(0, Math.round((moment.now.getTime() - Math.max(...done)) / 1000)),
    pollSeconds: settings?.poll_seconds ?? secondsOf(resource, 'list'),
    pausedAt,
    pausedBy: settings?.paused_by ?? null,
    backfill: isStateResource(resource)
      ? backfillOf(feed, {
          expected: settings?.expected_records ?? null,
          records: reads.records[resource] ?? 0,
        })
      : null,
  };
}

function pathState(
  cursor: CursorRow | undefined,
  { path, isPaused, now, systemNow }: Moment & { path: ReadPathState['path']; isPaused: boolean },
): ReadPathState {
  const at = {
    path,
    lastReadAt: cursor?.last_read_at ?? null,
    completedAt: cursor?.completed_at ?? null,
    nextReadAt: cursor?.next_read_at ?? null,
    failures: cursor?.failures ?? 0,
    lastError: cursor?.last_error ?? null,
    recordsRead: cursor?.records_read ?? 0,
  };
  return { ...at, status: statusOf() };

  function statusOf(): ReadPathState['status'] {
    if (cursor?.leased_until && new Date(cursor.leased_until) > systemNow) return 'reading';
    if (isPaused) return 'paused';
    if (!cursor?.last_read_at) return 'never';
    const isWaiting = at.nextReadAt !== null && new Date(at.nextReadAt) > now;
    return at.failures > 0 && isWaiting ? 'backing_off' : 'idle';
  }
}

/** How far the first pass has come. */
function backfillOf(
  feed: CursorRow | undefined,
  { expected, records }: { expected: number | null; records: number },
): ResourceSync['backfill'] {
  if (!feed) return { recordsRead: 0, expected, perSecond: null, secondsLeft: null, doneAt: null };
  const { milliseconds, completed_at: doneAt } = feed;
  if (doneAt !== null) return { recordsRead: records, expected, perSecond: null, secondsLeft: null, doneAt };
  const recordsRead = feed.records_read;
  const perSecond = recordsRead > 0 && milliseconds > 0 ? recordsRead / (milliseconds / 1000) : null;
  const left = expected === null || perSecond === null ? null : (expected - recordsRead) / perSecond;
  return {
    recordsRead,
    expected,
    perSecond: perSecond === null ? null : Math.round(perSecond),
    secondsLeft: left === null ? null : Math.max(0, Math.ceil(left)),
    doneAt,
  };
}
