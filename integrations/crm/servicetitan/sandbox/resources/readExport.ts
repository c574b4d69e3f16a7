import type { Collection, StoredRow } from '../Collection.ts';
import { normalizeTimestamp } from '../timestamps.ts';
import {
  type FeedIdentity,
  type FeedPosition,
  readContinuationToken,
  writeContinuationToken,
} from './continuation.ts';
import { QueryReader } from './QueryReader.ts';
import { isVisible } from './visibility.ts';

/** Rows per page of an export feed; callers cannot set it. */
export const exportPageSize = 1000;

export interface ExportPage<Row> {
  readonly hasMore: boolean;
  readonly continueFrom: string;
  readonly data: readonly Row[];
}

interface ExportRequest {
  readonly query: URLSearchParams;
  readonly takesActive: boolean;
  /** Changes from here on become visible later; null where all are visible at once. */
  readonly visibleUntil: string | null;
}

/** The next page of a change feed: active, inactive and deleted rows alike, in the order in which they changed. */
export function readExport<Row extends StoredRow>(
  feed: FeedIdentity,
  collection: Collection<Row>,
  { query, takesActive, visibleUntil }: ExportRequest,
): ExportPage<Row> {
  const reader = new QueryReader(query);
  const showsRecent = reader.flag('includeRecentChanges') ?? false;
  const wanted = (takesActive ? reader.choice('active', ['True', 'Any', 'False']) : undefined) ?? 'Any';
  const from = readFrom(feed, reader, collection.lastSequence);
  reader.check();

  const changes = collection
    .changesAfter(from.sequence, { since: from.since, active: wanted === 'Any' ? null : wanted === 'True' })
    .take(exportPageSize + 1)
    .toArray();
  // At its end a feed stands before what is not visible yet, which so comes again, shown early or not. A full page of what
  // was asked for early is passed: who reads on would otherwise get it for ever.
  const recent = changes.findIndex(({ row }) => !isVisible(row, visibleUntil));
  const page = changes.slice(
    0,
    recent === -1 || showsRecent ? exportPageSize : Math.min(recent, exportPageSize),
  );
  const hasMore = changes.length > exportPageSize && page.length === exportPageSize;
  // At the end of the feed the token stands behind rows that were left out, too.
  const end = recent === -1 ? collection.lastSequence : (changes[recent]?.sequence ?? 1) - 1;
  const sequence = hasMore ? (page.at(-1)?.sequence ?? from.sequence) : end;
  return {
    hasMore,
    continueFrom: writeContinuationToken(feed, { sequence, since: hasMore ? from.since : null }),
    data: page.map(({ row }) => row),
  };
}

function readFrom(feed: FeedIdentity, reader: QueryReader, lastSequence: number): FeedPosition {
  const from = reader.text('from');
  if (from === undefined) return { sequence: 0, since: null };
  const position = readContinuationToken(feed, from);
  if (position && position.sequence <= lastSequence) return position;
  const since = normalizeTimestamp(from);
  if (since === null)
    reader.refuse(
      'from',
      'Expected a continuation token of this feed and of this data, or an ISO 8601 date.',
    );
  return { sequence: 0, since };
}
