import { readName } from '#backend/repositories/readPositionRepository.ts';
import type { DueRead } from '#backend/services/ReadOutcome.ts';
import type { RunRequest } from './runRequests.ts';

/** Long enough for every retry of the run that asks. */
const keyLifetime = '1h';
/** A run that did nothing, because the resource was paused then, is in the way of the next one no longer than this. */
const backfillKeyLifetime = '10m';

/** A read that goes over the whole of a resource, which can take hours. */
export function isLong({ isBackfill, path }: Pick<DueRead, 'isBackfill' | 'path'>): boolean {
  return isBackfill || path === 'full';
}

/**
 * The run that goes on with a long read. It is the same one for everybody who sees it stand at the same place, but for a
 * person, who `forces` it though it backs off, one for each occasion.
 */
export function backfillRequest(
  read: Pick<DueRead, 'connectionId' | 'resource' | 'path'>,
  position: string,
  forces?: string,
): RunRequest {
  const { connectionId, resource, path } = read;
  return {
    task: 'servicetitan-backfill',
    payload: { connectionId, resource, path, position, ...(forces ? { isForced: true } : {}) },
    key: [readName(read), position, ...(forces ? [forces] : [])],
    options: { concurrencyKey: connectionId, idempotencyKeyTTL: backfillKeyLifetime },
  };
}

/** The run that derives what a connection's reads brought: one for each occasion. */
export function deriveRequest(connectionId: string, occasion: string): RunRequest {
  return {
    task: 'servicetitan-derive',
    payload: { connectionId },
    key: [connectionId, occasion],
    options: { concurrencyKey: connectionId, idempotencyKeyTTL: keyLifetime },
  };
}

/**
 * The runs for what is due: for each connection its reads in their order and the derivation after them; long reads
 * stand in a line of their own, where `positions` says how far they have come.
 */
export function planReads(
  due: readonly DueRead[],
  { positions, at }: { positions: ReadonlyMap<string, string>; at: Date },
): RunRequest[] {
  const time = at.toISOString();
  const long = due.filter(isLong).map((read) => backfillRequest(read, positions.get(readName(read)) ?? ''));
  const short = Map.groupBy(
    due.filter((read) => !isLong(read)),
    (read) => read.connectionId,
  );
  const looks = [...short].flatMap(([connectionId, reads]) => [
    ...reads.map(({ resource, path }, index) => ({
      task: 'servicetitan-read',
      payload: { connectionId, resource, path, source: 'poll' },
      key: [connectionId, resource, path, time],
      options: {
        concurrencyKey: connectionId,
        // In seconds: what stands before another in read order goes first, also when it was queued a moment later.
        priority: reads.length - index,
        idempotencyKeyTTL: keyLifetime,
      },
    })),
    deriveRequest(connectionId, time),
  ]);
  return [...looks, ...long];
}
