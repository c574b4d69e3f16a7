import type { Collection, StoredRow } from '../Collection.ts';
import { normalizeTimestamp } from '../timestamps.ts';
import { type FeedPosition, readContinuationToken, writeContinuationToken } from './continuation.ts';
import { QueryReader } from './QueryReader.ts';

/** Rows per page of an export feed; callers cannot set it. */
export const exportPageSize = 1000;

export interface ExportPage<Row> {
  readonly hasMore: boolean;
  readonly continueFrom: string;
  readonly data: readonly Row[];
}

/** The next page of a change feed: active, inactive and deleted rows alike, in the order in which they changed. */
export function readExport<Row extends StoredRow>(
  feed: string,
  collection: Collection<Row>,
  { query, takesActive }: { query: URLSearchParams; takesActive: boolean },
): ExportPage<Row> {
  const reader = new QueryReader(query);
  // Accepted and without effect: this feed never trails behind.
  reader.flag('includeRecentChanges');
  const wanted = (takesActive ? reader.choice('active', ['True', 'Any', 'False']) : undefined) ?? 'Any';
  const from = readFrom(feed, reader);
  reader.check();

  const data: Row[] = [];
  let sequence = from.sequence;
  let hasMore = false;
  for (const change of collection.changesAfter(from.sequence)) {
    if (data.length === exportPageSize) {
      hasMore = true;
      break;
    }
    sequence = change.sequence;
    const isWanted = wanted === 'Any' || change.row.active === (wanted === 'True');
    const isRecent = from.since === null || (change.row.modifiedOn ?? change.row.createdOn) >= from.since;
    if (isWanted && isRecent) data.push(change.row);
  }
  return {
    hasMore,
    continueFrom: writeContinuationToken(feed, { sequence, since: hasMore ? from.since : null }),
    data,
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
