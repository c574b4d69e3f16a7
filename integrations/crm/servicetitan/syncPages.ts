import { z } from 'zod';
import { IntegrationError } from '../../errors.ts';
import { summarize } from './failures.ts';
import { listPages } from './lists.ts';
import { resourceSources, type ResourceSource } from './resources.ts';
import { recordSchemas, timestamp, type Resource } from './schemas/records.ts';
import { exportReply } from './schemas/replies.ts';
import type { ServiceTitanTransport } from './ServiceTitanTransport.ts';

type RecordOf<R extends Resource> = z.output<(typeof recordSchemas)[R]>;

interface RejectedRecord {
  id: number | null;
  /** Where it differs from what ServiceTitan documents, without its values. */
  issues: string[];
}

/** One page of what changed. `continueFrom` is where to go on once the page has been stored. */
export interface SyncPage<R extends Resource = Resource> {
  resource: R;
  records: RecordOf<R>[];
  rejected: RejectedRecord[];
  continueFrom: string | null;
  hasMore: boolean;
}

export interface ReadOptions {
  /** The `continueFrom` of the last page that was stored; null reads from the beginning. */
  from: string | null;
  /** For resources that are read as lists; export feeds choose their own. */
  pageSize?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** A change can become visible some minutes after the time that it carries. */
const lateVisibilityMs = 10 * 60_000;

const schemaOf: { [R in Resource]: z.ZodType<RecordOf<R>> } = recordSchemas;
const rowWithId = z.object({ id: z.int() });
const rowWithTime = z.object({ modifiedOn: timestamp });

/** What changed in a resource since `from`, page by page; only one page is held at a time. */
export async function* syncPages<R extends Resource>(
  transport: ServiceTitanTransport,
  resource: R,
  options: ReadOptions,
): AsyncGenerator<SyncPage<R>, void, undefined> {
  const source: ResourceSource = resourceSources[resource];
  const pages = source.kind === 'feed' ? feedPages : changedListPages;
  for await (const page of pages(transport, source, options)) {
    const { records, rejected } = sortOut(resource, page.rows);
    yield { resource, records, rejected, continueFrom: page.continueFrom, hasMore: page.hasMore };
  }
}

interface RawPage {
  rows: unknown[];
  continueFrom: string | null;
  hasMore: boolean;
}

async function* feedPages(
  transport: ServiceTitanTransport,
  source: ResourceSource,
  { from, signal }: ReadOptions,
): AsyncGenerator<RawPage, void, undefined> {
  const seen = new Set<string | null>([from]);
  for (let position = from; ;) {
    const reply = await transport.get({
      module: source.module,
      path: source.path,
      query: { ...source.query, from: position ?? undefined, includeRecentChanges: true },
      schema: exportReply,
      signal,
    });
    const next = reply.continueFrom ?? null;
    yield { rows: reply.data, continueFrom: next ?? position, hasMore: reply.hasMore };
    if (!reply.hasMore) return;
    if (next === null || seen.has(next)) {
      throw new IntegrationError(
        'unexpected',
        `ServiceTitan's feed ${source.path} goes round in a circle: it says that there is more and names a place that was read. Try again later; if it stays so, read the resource anew from the beginning.`,
      );
    }
    seen.add(next);
    position = next;
  }
}

/**
 * Rows come by id, so a page in the middle says nothing about how far time has been read: the place moves only with
 * the last page, to the newest row seen. The next read overlaps by some minutes, which also finds what changed
 * behind the back of this one.
 */
async function* changedListPages(
  transport: ServiceTitanTransport,
  source: ResourceSource,
  { from, pageSize, signal }: ReadOptions,
): AsyncGenerator<RawPage, void, undefined> {
  const modifiedOnOrAfter =
    from === null ? undefined : new Date(Date.parse(from) - lateVisibilityMs).toISOString();
  let newest = from;
  const call = {
    module: source.module,
    path: source.path,
    query: { ...source.query, modifiedOnOrAfter },
    pageSize: pageSize ?? 5000,
    signal,
  };
  for await (const page of listPages(transport, call)) {
    for (const row of page.data) {
      const modifiedOn = rowWithTime.safeParse(row).data?.modifiedOn;
      if (modifiedOn !== undefined && (newest === null || modifiedOn > newest)) newest = modifiedOn;
    }
    yield { rows: page.data, continueFrom: page.hasMore ? from : newest, hasMore: page.hasMore };
  }
}

function sortOut<R extends Resource>(resource: R, rows: unknown[]) {
  const schema: z.ZodType<RecordOf<R>> = schemaOf[resource];
  const records: RecordOf<R>[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const parsed = schema.safeParse(row);
    if (parsed.success) records.push(parsed.data);
    else rejected.push({ id: rowWithId.safeParse(row).data?.id ?? null, issues: summarize(parsed.error) });
  }
  return { records, rejected };
}
