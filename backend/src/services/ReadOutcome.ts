import type { ReadPath, SyncResource } from './readOrder.ts';

/** A read whose time has come. */
export interface DueRead {
  connectionId: string;
  connectionName: string;
  resource: SyncResource;
  path: ReadPath;
  /** The first pass of a feed, which may take hours; the lists are read meanwhile. */
  isBackfill: boolean;
}

/** Who asked for a read. */
export type ReadSource = 'poll' | 'webhook' | 'manual';

export interface ReadRequest {
  connectionId: string;
  resource: SyncResource;
  path: ReadPath;
  source: ReadSource;
  /** Reads also what is not due. */
  isForced?: boolean | undefined;
  /** System time: after it the read stops at the end of a page, to go on there the next time. */
  until?: Date | undefined;
  signal?: AbortSignal | undefined;
}

export interface ResourceCounts {
  read: number;
  new: number;
  changed: number;
  skipped: number;
  failed: number;
}

/**
 * What became of a read. busy: another worker reads it; partial: its time was over, or it was interrupted;
 * canceled: somebody asked for that; lacking: the app has no permission, and states can be told without.
 */
export interface ReadOutcome {
  status: 'complete' | 'partial' | 'busy' | 'paused' | 'not_due' | 'canceled' | 'failed' | 'lacking';
  resource: SyncResource;
  path: ReadPath;
  counts: ResourceCounts;
  error: string | null;
  /** What failed, for whoever decides whether to try again. */
  failure?: Error | undefined;
}
