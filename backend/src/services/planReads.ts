import { AppError } from '../errors.ts';
import { findConnection } from '../repositories/connectionRepository.ts';
import { listDrainedFeeds } from '../repositories/readPositionRepository.ts';
import { findDueReads } from '../repositories/readRepository.ts';
import type { ReadRequest, ReadSource } from './ReadOutcome.ts';
import { isStateResource, readSchedule, type ScheduledRead, type SyncResource } from './readOrder.ts';
import type { SyncDeps } from './SyncDeps.ts';

export interface SyncOptions {
  /** Reads these; where states hang on one, the lists of all that they hang on: it is told with what was visible with it. */
  resources?: readonly SyncResource[] | undefined;
  /** Reads what is due, and nothing before its time. */
  isScheduled?: boolean | undefined;
  /** Leaves first passes and full ones to whoever does them elsewhere. */
  leavesLong?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface PollRequest extends SyncOptions {
  connectionId: string;
  source: ReadSource;
}

/** What a poll reads. */
export interface Plan {
  connectionName: string;
  hasDerivationError: boolean;
  short: ReadRequest[];
  /** First passes and full ones. */
  long: ReadRequest[];
}

/** Decides what is read: what is due, and what was asked for. In read order, the long passes apart. */
export async function planReads(
  { database, clock, systemClock }: Pick<SyncDeps, 'database' | 'clock' | 'systemClock'>,
  request: PollRequest,
): Promise<Plan> {
  const { connectionId, source, signal } = request;
  const times = { now: clock.now(), systemNow: systemClock.now() };
  const [found] = await findDueReads(database, { connectionId, reads: readSchedule, ...times });
  if (!found) {
    const connection = await findConnection(database, connectionId);
    if (!connection) throw new AppError('not_found', 'There is no such connection.');
    return { connectionName: connection.name, hasDerivationError: false, short: [], long: [] };
  }
  const wanted = wantedBy(request);
  const isDue = (read: ScheduledRead) =>
    found.reads.some(({ resource, path }) => resource === read.resource && path === read.path);
  // What is due says itself whether it is a first pass; what backs off, or is being read, is looked up.
  const isInQuestion = (read: ScheduledRead) => read.path === 'feed' && wanted(read) && !isDue(read);
  const drained = readSchedule.some(isInQuestion) ? await listDrainedFeeds(database, connectionId) : null;
  const plan: Plan = {
    connectionName: found.name,
    hasDerivationError: found.hasDerivationError,
    short: [],
    long: [],
  };
  for (const { resource, path } of readSchedule) {
    const due = found.reads.find((read) => read.resource === resource && read.path === path);
    const isForced = wanted({ resource, path });
    if (!isForced && (!due || request.resources)) continue;
    const isBackfill = due ? due.isBackfill : path === 'feed' && drained?.has(resource) === false;
    const isLong = path === 'full' || isBackfill;
    (isLong ? plan.long : plan.short).push({ connectionId, resource, path, source, isForced, signal });
  }
  return plan;
}

type IsWanted = (read: Pick<ScheduledRead, 'resource' | 'path'>) => boolean;
const nothing: IsWanted = () => false;

/** What is read though it may not be due. */
function wantedBy({ source, resources, isScheduled }: PollRequest): IsWanted {
  if (isScheduled) return nothing;
  if (resources) {
    const isOfStates = resources.some(isStateResource);
    return ({ resource, path }) =>
      (path === 'list' && isOfStates && isStateResource(resource)) ||
      (resources.includes(resource) && (path === 'list' || (path === 'feed' && source === 'manual')));
  }
  if (source === 'manual') return ({ path }) => path !== 'full';
  // The sure way: also what carries an old time is there.
  return ({ resource, path }) => path === 'feed' && isStateResource(resource);
}
