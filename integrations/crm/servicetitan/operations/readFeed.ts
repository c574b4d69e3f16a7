import type { z } from 'zod';
import { IntegrationError } from '../../../errors.ts';
import { exportReply } from '../schemas/replies.ts';
import type { ServiceTitanTransport } from '../ServiceTitanTransport.ts';
import { fillPath, type CallSettings } from './address.ts';
import type { FeedOperation } from './operation.ts';
import type { CallOptions } from './runSingle.ts';
import { setAside, type RejectedRecord } from './setAside.ts';

export interface FeedOptions extends CallOptions {
  /** The `continueFrom` of the last page that was stored, or an ISO 8601 date; null reads from the beginning. */
  from: string | null;
  /** Shows fresh changes minutes earlier and some records twice. On unless said otherwise. */
  includeRecentChanges?: boolean | undefined;
}

/** One page of what changed. `continueFrom` is where to go on once the page has been stored. */
export interface FeedPage<Row> {
  records: Row[];
  /** Records that are not as ServiceTitan declares them. */
  rejected: RejectedRecord[];
  continueFrom: string | null;
  hasMore: boolean;
}

/**
 * The pages of an export feed, one held at a time. It delivers at least once and only roughly in order: keep the
 * newer `modifiedOn` of two versions of a record.
 */
export async function* readFeed<Row>(
  { transport, settings }: { transport: ServiceTitanTransport; settings: CallSettings },
  { operation, options }: { operation: FeedOperation<string, z.ZodType<Row>>; options: FeedOptions },
): AsyncGenerator<FeedPage<Row>, void, undefined> {
  const path = fillPath(operation.path, {}, settings);
  const seen = new Set<string | null>([options.from]);
  for (let position = options.from; ;) {
    const asked = transport.request({
      method: 'GET',
      path,
      what: operation.path,
      query: {
        ...(operation.takesActive ? { active: 'Any' } : {}),
        from: position ?? undefined,
        includeRecentChanges: options.includeRecentChanges ?? true,
      },
      schema: exportReply,
      repeatable: true,
      priority: options.priority,
      signal: options.signal,
    });
    const reply = await asked.catch((error: unknown) => {
      throw position === null ? error : withPlaceRefused(error);
    });
    const next = reply.continueFrom ?? null;
    const { hasMore } = reply;
    yield { ...setAside(operation.row, reply.data), continueFrom: next ?? position, hasMore };
    if (!hasMore) return;
    if (next === null || seen.has(next)) throw circling(operation.path);
    seen.add(next);
    position = next;
  }
}

function circling(path: string): IntegrationError {
  return new IntegrationError(
    'unexpected',
    `ServiceTitan's feed ${path} goes round in a circle: it says that there is more and names a place that was read. Try again later; if it stays so, read the resource anew from the beginning.`,
    { isPlaceRefused: true },
  );
}

/** A feed is asked for nothing but its place: what it finds invalid is that. */
function withPlaceRefused(error: unknown): unknown {
  if (!(error instanceof IntegrationError) || error.kind !== 'invalid') return error;
  const { kind, message, status, requestId } = error;
  return new IntegrationError(kind, message, { status, requestId, cause: error, isPlaceRefused: true });
}
