import type { Collection, StoredRow } from '../Collection.ts';
import { normalizeTimestamp } from '../timestamps.ts';
import { type FeedPosition, readContinuationToken, writeContinuationToken } from './continuation.ts';
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
  feed: string,
  collection: Collection<Row>,
  { query, takesActive, visibleUntil }: ExportRequest,
): ExportPage<Row> {
  const reader = new QueryReader(query);
  const showsRecent = reader.flag('includeRecentChanges') ?? false;
  const wanted = (takesActive ? reader.choice('active', ['True', 'Any', 'False']) : undefined) ?? 'Any';
  const from = readFrom(feed, reader);
  reader.check();

  const changes = collection
    .changesAfter(from.sequence, { since: from.since, active: wanted === 'Any' ? null : wanted === 'True' })
    .take(exportPageSize + 1)
    .toArray();
  // A token never passes what is not visible yet: shown early or not, it comes again.
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

function readFrom(feed: string, reader: QueryReader): FeedPosition {
  const from = reader.text('from');
  if (from === undefined) return { sequence: 0, since: null };
  const position = readContinuationToken(feed, from);
  if (position) return position;
  const since = normalizeTimestamp(from);
  if (since === null)
    reader.refuse('from', 'Expected a continuation token of this feed, or an ISO 8601 date.');
  return { sequence: 0, since };
}
